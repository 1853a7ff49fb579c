package dev.tidemill.exec.key;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Text that comes as codes of dictionaries: each value gets a code of its own here, and those of a
 * dictionary are translated once.
 */
final class TextField extends KeyField {
  /** Another's texts are translated if they are at most so many times the keys to come. */
  private static final int FEW = 8;

  private final Type type;
  private final MemoryScope memory;
  private final HeapMemory heap;
  private final BytesGroupTable texts;

  /** The dictionary that came last, only to be recognised; it may be closed. */
  private @Nullable Column dictionary;

  /** In place of {@link #dictionary}, the field whose codes came last. */
  private @Nullable TextField merged;

  /** What the frozen texts here are among; then {@link #translation} says where. */
  private SharedTexts.@Nullable OfField wider;

  /** In place of {@link #texts}, where the codes are those of shared ones. */
  private SharedTexts.@Nullable OfField shared;

  /** Our code by the dictionary's, 0 where it has not come yet. */
  private int[] translation = new int[0];

  private int[] unknown = new int[0];
  private int[] found = new int[0];

  TextField(Type type, MemoryScope memory, HeapMemory heap) {
    this.type = type;
    this.memory = memory;
    this.heap = heap;
    this.texts = new BytesGroupTable(List.of(type), memory);
  }

  @Override
  boolean take(Column column, int[] rows, int count) {
    if (!(column instanceof DictionaryColumn codes) || shared != null) {
      return false;
    }
    reserve(count);
    if (codes.dictionary() != dictionary) {
      begin(codes.dictionary());
    }
    if (!translated(codes, rows, count)) {
      translate(codes, rows, count);
      translated(codes, rows, count);
    }
    return true;
  }

  /** Sets the values; false if some have no code yet. */
  private boolean translated(DictionaryColumn codes, int[] rows, int count) {
    long address = codes.address();
    int[] own = translation;
    boolean isWhole = true;
    if (codes.mayHaveNulls()) {
      long validity = codes.validityAddress();
      for (int i = 0; i < count; i++) {
        values[i] = 0;
        if (Bits.get(validity, rows[i])) {
          values[i] = own[Memory.getInt(address + ((long) rows[i] << 2))];
          isWhole &= values[i] != 0;
        }
      }
    } else {
      for (int i = 0; i < count; i++) {
        int code = own[Memory.getInt(address + ((long) rows[i] << 2))];
        values[i] = code;
        isWhole &= code != 0;
      }
    }
    return isWhole;
  }

  private void begin(Column next) {
    forget();
    translation = heap.ints(next.length());
    dictionary = next;
  }

  /** Forgets the dictionary that came last. */
  private void forget() {
    dictionary = null;
    merged = null;
    heap.release(translation.length * 4L);
    translation = new int[0];
  }

  /**
   * As for columns, the other's texts found by the hashes and bytes that are there. Where they are
   * many more than the keys that come, they are sought one by one, without a translation.
   */
  @Override
  boolean take(KeyField other, long[] codes, int count, int expected) {
    TextField that = (TextField) other;
    if (shared != null && that.wider != shared) {
      return false;
    }
    reserve(count);
    if (that.wider != null && texts.groupCount() == 0) {
      shared = that.wider;
      for (int i = 0; i < count; i++) {
        values[i] = codes[i] == 0 ? 0 : that.translation[(int) codes[i] - 1];
      }
      return true;
    }
    if (unknown.length < count) {
      unknown = new int[count];
      found = new int[count];
    }
    if (expected > 0 && that.texts.groupCount() / FEW > expected) {
      seek(that, codes, count);
      return true;
    }
    if (merged != that) {
      forget();
      translation = heap.ints(that.texts.groupCount());
      merged = that;
    }
    translate(that, codes, count);
    for (int i = 0; i < count; i++) {
      values[i] = codes[i] == 0 ? 0 : translation[(int) codes[i] - 1];
    }
    return true;
  }

  int textCount() {
    return shared == null ? texts.groupCount() : shared.texts().groupCount();
  }

  /** A table for such texts. */
  BytesGroupTable emptyTexts(MemoryScope scope) {
    return new BytesGroupTable(List.of(type), scope);
  }

  /** Adds the frozen texts to those of other tables, by whose codes these are then merged. */
  void share(SharedTexts.OfField all) {
    int count = texts.groupCount();
    translation = heap.ints(count);
    int[] others = new int[Math.min(count, Batch.MAX_ROWS)];
    int[] numbers = new int[others.length];
    for (int from = 0; from < count; from += Batch.MAX_ROWS) {
      int length = Math.min(Batch.MAX_ROWS, count - from);
      for (int i = 0; i < length; i++) {
        others[i] = from + i;
      }
      all.texts().merge(texts, others, length, numbers);
      for (int i = 0; i < length; i++) {
        translation[from + i] = numbers[i] + 1;
      }
    }
    wider = all;
  }

  private void seek(TextField that, long[] codes, int count) {
    int pending = 0;
    for (int i = 0; i < count; i++) {
      if (codes[i] != 0) {
        unknown[pending++] = (int) codes[i] - 1;
      }
    }
    texts.merge(that.texts, unknown, pending, found);
    int next = 0;
    for (int i = 0; i < count; i++) {
      values[i] = codes[i] == 0 ? 0 : found[next++] + 1;
    }
  }

  /** Gives codes of our own to those of the other that have none. */
  private void translate(TextField that, long[] codes, int count) {
    int pending = 0;
    for (int i = 0; i < count; i++) {
      int code = (int) codes[i] - 1;
      if (code >= 0 && translation[code] == 0) {
        translation[code] = -1;
        unknown[pending++] = code;
      }
    }
    if (pending > 0) {
      try {
        texts.merge(that.texts, unknown, pending, found);
      } catch (Throwable t) {
        merged = null;
        throw t;
      }
      for (int i = 0; i < pending; i++) {
        translation[unknown[i]] = found[i] + 1;
      }
    }
  }

  @Override
  void hash(long[] codes, int count, long[] hashes) {
    Longs ofTexts = texts.keyHashes();
    for (int i = 0; i < count; i++) {
      hashes[i] = codes[i] == 0 ? Hash.NULL : ofTexts.get((int) codes[i] - 1);
    }
  }

  @Override
  void freeze() {
    forget();
    texts.freeze();
  }

  /** Gives codes to the values of these rows that have none. */
  private void translate(DictionaryColumn codes, int[] rows, int count) {
    if (unknown.length < count) {
      unknown = new int[count];
      found = new int[count];
    }
    int pending = 0;
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      if (!codes.isNull(row)) {
        int code = codes.codeAt(row);
        if (translation[code] == 0) {
          translation[code] = -1;
          unknown[pending++] = code;
        }
      }
    }
    if (pending > 0) {
      try {
        texts.groups(only(codes.dictionary()), unknown, pending, found);
      } catch (Throwable t) {
        dictionary = null;
        throw t;
      }
      for (int i = 0; i < pending; i++) {
        translation[unknown[i]] = found[i] + 1;
      }
    }
  }

  @Override
  boolean isOutgrown() {
    return bits() == 0 || bitsFor(textCount()) > bits();
  }

  @Override
  int neededBits() {
    return Math.max(1, bitsFor(textCount()));
  }

  @Override
  long move() {
    return 0;
  }

  @Override
  void append(Column column, int[] rows, int count, long[] words) {
    int shift = bits();
    for (int i = 0; i < count; i++) {
      words[i] = words[i] << shift | values[i];
    }
  }

  @Override
  void append(long[] codes, boolean hasNulls, int count, long[] words) {
    int shift = bits();
    for (int i = 0; i < count; i++) {
      words[i] = words[i] << shift | values[i];
    }
  }

  @Override
  void find(Column column, int[] rows, int count, long[] words, GroupTable.Lookup lookup) {
    int[] known = new int[count];
    texts.find(only(column), rows, count, known, lookup);
    int shift = bits();
    for (int i = 0; i < count; i++) {
      if (words[i] >= 0) {
        long code = column.isNull(rows[i]) ? 0 : known[i] < 0 ? -1 : known[i] + 1;
        words[i] = code < 0 ? -1 : words[i] << shift | code;
      }
    }
  }

  @Override
  Column column(long[] codes, int count) {
    if (shared != null) {
      return coded(codes, count, shared.column());
    }
    if (count < texts.groupCount()) {
      return plain(codes, count);
    }
    try (Column values = texts.keys().getFirst()) {
      return coded(codes, count, values);
    }
  }

  /** The texts of few codes. */
  private Column plain(long[] codes, int count) {
    int[] known = new int[count];
    int[] places = new int[count];
    int found = 0;
    for (int i = 0; i < count; i++) {
      places[i] = codes[i] == 0 ? -1 : found;
      if (codes[i] != 0) {
        known[found++] = (int) codes[i] - 1;
      }
    }
    try (Column values = texts.keys(known, found).getFirst()) {
      return found == count ? values.retain() : Columns.take(values, places, 0, count, memory);
    }
  }

  /** As codes of a dictionary, which is borrowed. */
  private Column coded(long[] codes, int count, Column values) {
    if (values.length() == 0) {
      return Columns.nulls(type, count, memory);
    }
    Buffer own = memory.allocate(Math.max(1, count) * 4L);
    Buffer validity;
    try {
      validity = memory.allocate(Math.max(8, Bits.bytes(count)));
    } catch (Throwable t) {
      own.close();
      throw t;
    }
    boolean hasNulls = false;
    for (int i = 0; i < count; i++) {
      hasNulls |= codes[i] == 0;
      Memory.putInt(own.address() + i * 4L, (int) Math.max(0, codes[i] - 1));
      Bits.put(validity.address(), i, codes[i] != 0);
    }
    if (hasNulls) {
      return new DictionaryColumn(count, own, values.retain(), validity);
    }
    validity.close();
    return new DictionaryColumn(count, own, values.retain(), null);
  }

  @Override
  void close() {
    forget();
    texts.close();
  }
}
