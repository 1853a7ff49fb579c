package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import org.apache.parquet.format.Encoding;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the values of one leaf's pages into slots of a column. What levels mean is not its
 * matter: it is told how many slots come next and which of them have a value. One thread.
 *
 * <pre>
 *   startDictionary?  ( startPage ( append | skip )* )*      append* finish = one column
 * </pre>
 */
abstract sealed class ValueReader implements AutoCloseable
    permits FixedValueReader, BooleanValueReader, BytesValueReader {
  /** Codes decoded at once. */
  static final int CHUNK = 4096;

  final ParquetColumn column;
  final ParquetPlace place;
  final MemoryScope scope;
  final RunReader runs;
  final int[] codes = new int[CHUNK];

  /** A page whose values had to be decoded as a whole; owned. */
  private @Nullable Buffer decoded;

  ValueReader(ParquetColumn column, ParquetPlace place, MemoryScope scope) {
    this.column = column;
    this.place = place;
    this.scope = scope;
    this.runs = new RunReader(place);
  }

  static ValueReader of(ParquetColumn column, ParquetPlace place, MemoryScope scope) {
    return switch (column.physical()) {
      case BOOLEAN -> new BooleanValueReader(column, place, scope);
      case BYTES, FIXED_BYTES, UUID -> new BytesValueReader(column, place, scope);
      default -> new FixedValueReader(column, place, scope);
    };
  }

  /** Takes the chunk's dictionary, which is borrowed for the reader's life. */
  abstract void startDictionary(Page dictionary);

  /** The dictionary's entries, the caller's to close; null where there is none. */
  abstract @Nullable Column entries();

  /** Goes on with the values of {@code page}, which is borrowed until the next. */
  abstract void startPage(Page page);

  /**
   * Fills the next {@code slots} slots.
   *
   * @param words the bitmap of which slots have a value; not looked at where all have
   * @param from the first slot's bit in it, and its number in the column
   * @param valid how many of them have one
   */
  abstract void append(long[] words, int from, int slots, int valid);

  /**
   * Fills the next {@code slots} slots with some of the next {@code span} values.
   *
   * @param words the bitmap of which slots have a value; not looked at where all have
   * @param from the first slot's bit in it, and its number in the column
   * @param picked numbers among the {@code span} values of those to be taken, ascending
   * @param valid how many these are, which is how many of the slots have a value
   */
  abstract void select(long[] words, int from, int slots, int[] picked, int valid, int span);

  /** Passes over {@code valid} values. */
  abstract void skip(int valid);

  /** The column of all slots filled since the last; takes ownership of {@code validity}. */
  abstract Column finish(int slots, @Nullable Buffer validity);

  /** Starts the runs of codes of a dictionary page. */
  final void startCodes(Page page) {
    long at = page.data();
    int width = 1;
    if (at < page.dataEnd()) {
      width = Memory.getByte(at++) & 0xff;
      if (width > 32) {
        throw ParquetErrors.malformed(place, "codes of " + width + " bits");
      }
    }
    runs.start(at, page.dataEnd(), width);
  }

  /**
   * Decodes {@code n} codes, at most {@link #CHUNK}, to {@link #codes}; each names one of {@code
   * entries} entries.
   */
  final void readCodes(int n, int entries) {
    runs.read(codes, 0, n);
    if (!FixedKernels.codesFit(codes, n, entries)) {
      throw ParquetErrors.malformed(
          place, "a code behind the dictionary's " + entries + " entries");
    }
  }

  /**
   * Decodes to {@link #codes} those of the next {@code span} codes (at most {@link #CHUNK}) that
   * are picked, {@code n} of them.
   */
  final void readCodes(int[] picked, int n, int span, int entries) {
    if (n < span >>> 3) {
      runs.readSome(codes, picked, n, span);
    } else {
      runs.read(codes, 0, span);
      for (int i = 0; i < n; i++) {
        codes[i] = codes[picked[i]];
      }
    }
    if (!FixedKernels.codesFit(codes, n, entries)) {
      throw ParquetErrors.malformed(
          place, "a code behind the dictionary's " + entries + " entries");
    }
  }

  final Buffer own(Buffer page) {
    dropDecoded();
    decoded = page;
    return page;
  }

  final void dropDecoded() {
    Buffer last = decoded;
    decoded = null;
    if (last != null) {
      last.close();
    }
  }

  final RuntimeException unsupported(Encoding encoding) {
    return ParquetErrors.unsupported(
        place, "Parquet encoding " + encoding + " of " + column.physical());
  }

  static @Nullable Buffer closed(@Nullable Buffer buffer) {
    if (buffer != null) {
      buffer.close();
    }
    return null;
  }

  @Override
  public abstract void close();
}
