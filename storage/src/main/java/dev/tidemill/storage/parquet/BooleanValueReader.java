package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** BOOLEAN: PLAIN bits or RLE, to a bitmap. */
final class BooleanValueReader extends ValueReader {
  private long[] values = new long[HeapBits.words(CHUNK)];
  private long[] dense = new long[HeapBits.words(CHUNK)];

  BooleanValueReader(ParquetColumn column, ParquetPlace place, MemoryScope scope) {
    super(column, place, scope);
  }

  @Override
  void startDictionary(Page dictionary) {
    throw ParquetErrors.malformed(place, "a dictionary of booleans");
  }

  @Override
  @Nullable Column entries() {
    return null;
  }

  @Override
  void startPage(Page page) {
    switch (page.encoding()) {
      case PLAIN -> runs.startBits(page.data(), page.dataEnd());
      case RLE -> {
        long length = page.dataEnd() - page.data() < 4 ? 0 : Memory.getInt(page.data());
        if (length < 0 || length > page.dataEnd() - page.data() - 4) {
          length = page.dataEnd() - page.data() - 4;
        }
        long at = Math.min(page.data() + 4, page.dataEnd());
        runs.start(at, Math.max(at, at + length), 1);
      }
      default -> throw unsupported(page.encoding());
    }
  }

  @Override
  void append(long[] words, int from, int slots, int valid) {
    ensure(from + slots);
    if (valid == slots) {
      runs.readBits(values, from, slots);
      return;
    }
    readDense(valid);
    int source = 0;
    for (int i = from; i < from + slots; i++) {
      if (HeapBits.get(words, i) && HeapBits.get(dense, source++)) {
        HeapBits.set(values, i);
      }
    }
  }

  private void ensure(int slots) {
    int needed = HeapBits.words(slots);
    if (needed > values.length) {
      values = Arrays.copyOf(values, Math.max(needed, values.length * 2));
    }
  }

  private void readDense(int count) {
    if (HeapBits.words(count) > dense.length) {
      dense = new long[HeapBits.words(count)];
    }
    Arrays.fill(dense, 0, HeapBits.words(count), 0);
    runs.readBits(dense, 0, count);
  }

  @Override
  void select(long[] words, int from, int slots, int[] picked, int valid, int span) {
    ensure(from + slots);
    readDense(span);
    int source = 0;
    for (int i = from; i < from + slots; i++) {
      if ((valid == slots || HeapBits.get(words, i)) && HeapBits.get(dense, picked[source++])) {
        HeapBits.set(values, i);
      }
    }
  }

  @Override
  void skip(int valid) {
    runs.skip(valid);
  }

  @Override
  Column finish(int slots, @Nullable Buffer validity) {
    Buffer bits;
    try {
      bits = scope.allocate(Bits.bytes(Math.max(slots, 1)));
    } catch (RuntimeException e) {
      closed(validity);
      throw e;
    }
    int words = HeapBits.words(slots);
    for (int w = 0; w < words; w++) {
      Memory.putLong(bits.address() + 8L * w, values[w]);
      values[w] = 0;
    }
    return new BooleanColumn(slots, bits, validity);
  }

  @Override
  public void close() {
    dropDecoded();
  }
}
