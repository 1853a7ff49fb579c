package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Texts that are computed of one column of texts. Where that comes as codes they are computed once
 * per entry of its dictionary, and come as codes of a dictionary that stays the same for all
 * batches that share one, so that who groups by them seeks each text once:
 *
 * <pre>
 *   codes 0 2 1 0 of (a, A, b)     UPPER     codes 0 1 0 0 of (A, B)
 * </pre>
 *
 * <p>A dictionary with entries that the expression fails of is not mapped: those entries may be in
 * no row that counts. One thread; close it.
 */
final class DictionaryTexts implements AutoCloseable {
  /** Entries of a dictionary that is mapped; they are kept on the heap for a moment. */
  private static final int MOST_ENTRIES = 1 << 16;

  /** So many rows per entry are worth it in the first batch; later as many as there are entries. */
  private static final int WORTH_AT_ONCE = 4;

  private final int column;
  private final CompiledExpressions expression;

  /** The dictionary that was seen last, by identity only: it may be closed already. */
  private @Nullable Column seen;

  /** Its texts, distinct and not NULL; null while it was not worth it, or could not be mapped. */
  private @Nullable Column texts;

  /** Of each entry, and of NULL behind these, which of {@link #texts}, or -1 for NULL. */
  private int[] mapping = {};

  private boolean failed;

  /** How many rows came with the dictionary that was seen last. */
  private long rowsSeen;

  /**
   * @param column of the batches
   * @param expression one, over that column alone
   */
  DictionaryTexts(int column, CompiledExpressions expression) {
    this.column = column;
    this.expression = expression;
  }

  /** The texts of all rows of a batch, the caller's to close; null where they are not mapped. */
  @Nullable Column map(Column[] columns, int rows, EvaluationContext context) {
    if (!(columns[column] instanceof DictionaryColumn codes)
        || codes.dictionary().length() > MOST_ENTRIES) {
      return null;
    }
    boolean isNew = codes.dictionary() != seen;
    if (isNew) {
      forget();
      seen = codes.dictionary();
      rowsSeen = 0;
    }
    rowsSeen += rows;
    long worth = isNew ? rows / WORTH_AT_ONCE : rowsSeen;
    if (texts == null && !failed && codes.dictionary().length() <= worth) {
      compute(codes.dictionary(), context);
    }
    return texts == null ? null : map(codes, texts.retain(), context.memory());
  }

  private void compute(Column dictionary, EvaluationContext context) {
    MemoryScope memory = context.memory();
    try (Column none = Columns.nulls(dictionary.type(), 1, memory);
        Column entries = Columns.concat(List.of(dictionary, none), dictionary.type(), memory);
        Column results =
            expression.evaluate(alone(entries), Rows.all(entries.length()), context).getFirst();
        Column plain = Columns.decode(results, memory)) {
      Map<ByteBuffer, Integer> numbers = new HashMap<>();
      int[] firsts = new int[plain.length()];
      mapping = new int[plain.length()];
      for (int i = 0; i < mapping.length; i++) {
        mapping[i] = -1;
        if (!plain.isNull(i)) {
          int next = numbers.size();
          Integer known =
              numbers.putIfAbsent(ByteBuffer.wrap(((BytesColumn) plain).bytesAt(i)), next);
          mapping[i] = known == null ? next : known;
          if (known == null) {
            firsts[next] = i;
          }
        }
      }
      failed = numbers.isEmpty();
      texts = failed ? null : Columns.take(plain, firsts, 0, numbers.size(), memory);
    } catch (TidemillException e) {
      switch (e.kind()) {
        // Of an entry, perhaps, that no row has; or for want of memory for all entries.
        case USER, RESOURCE -> failed = true;
        case EXTERNAL, INTERNAL -> throw e;
      }
    }
  }

  private Column[] alone(Column entries) {
    Column[] columns = new Column[column + 1];
    columns[column] = entries;
    return columns;
  }

  /** Takes ownership of {@code dictionary}. */
  private Column map(DictionaryColumn codes, Column dictionary, MemoryScope memory) {
    int length = codes.length();
    Buffer to = null;
    Buffer valid = null;
    try {
      to = memory.allocate(Math.max(1L, (long) length << 2));
      valid = memory.allocate(Bits.bytes(length));
      long nulls = 0;
      for (int base = 0; base < length; base += 64) {
        int n = Math.min(64, length - base);
        long present = codes.mayHaveNulls() ? Bits.word(codes.validityAddress(), base >>> 6) : -1L;
        long isNull = 0;
        for (int i = 0; i < n; i++) {
          long place = (long) (base + i) << 2;
          int code =
              (present >>> i & 1) == 0
                  ? mapping.length - 1
                  : Memory.getInt(codes.address() + place);
          int mapped = mapping[code];
          isNull |= (mapped >>> 31 & 1L) << i;
          Memory.putInt(to.address() + place, Math.max(mapped, 0));
        }
        Memory.putLong(valid.address() + (base >>> 3), ~isNull);
        nulls |= isNull;
      }
      if (nulls == 0) {
        valid.close();
        valid = null;
      }
      return new DictionaryColumn(length, to, dictionary, valid);
    } catch (RuntimeException e) {
      dictionary.close();
      if (to != null) {
        to.close();
      }
      if (valid != null) {
        valid.close();
      }
      throw e;
    }
  }

  private void forget() {
    if (texts != null) {
      texts.close();
      texts = null;
    }
    failed = false;
  }

  @Override
  public void close() {
    forget();
    seen = null;
  }
}
