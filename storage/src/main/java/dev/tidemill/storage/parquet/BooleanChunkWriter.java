package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.Statistics;
import org.jspecify.annotations.Nullable;

/** BOOLEAN as PLAIN bits. */
final class BooleanChunkWriter extends ChunkWriter {
  private boolean anyFalse;
  private boolean anyTrue;
  private boolean pageFalse;
  private boolean pageTrue;

  BooleanChunkWriter(
      WrittenColumn column,
      ParquetPlace place,
      ParquetWriteOptions options,
      PageCompressor compressor,
      MemoryScope scope) {
    super(column, place, options, compressor, scope);
  }

  @Override
  void append(Column values, int @Nullable [] selected, int from, int to, int at) {
    BooleanColumn booleans = (BooleanColumn) values;
    for (int i = from; i < to; i++) {
      int row = selected == null ? i : selected[i];
      if (!booleans.isNull(row)) {
        boolean value = booleans.booleanAt(row);
        pageFalse |= !value;
        pageTrue |= value;
        codes[at++] = value ? 1 : 0;
      }
    }
  }

  @Override
  Encoding putValues(GrowingBuffer to, int count) {
    int bytes = (count + 7) / 8;
    long address = to.extend(bytes);
    for (int b = 0; b < bytes; b++) {
      int bits = 0;
      for (int k = 0; k < 8 && b * 8 + k < count; k++) {
        bits |= codes[b * 8 + k] << k;
      }
      Memory.putByte(address + b, (byte) bits);
    }
    return Encoding.PLAIN;
  }

  @Override
  boolean isCoded() {
    return false;
  }

  @Override
  int entries() {
    return 0;
  }

  @Override
  int dictionaryBytes() {
    return 0;
  }

  @Override
  long plainBytes(int count) {
    return (count + 7) / 8;
  }

  @Override
  void giveUpDictionary(int count) {}

  @Override
  void freezeDictionary() {}

  @Override
  boolean isCounted() {
    return false;
  }

  @Override
  boolean isDictionaryFull() {
    return false;
  }

  @Override
  void putDictionary(GrowingBuffer to) {}

  @Override
  void takePageBounds(int count, Statistics statistics) {
    put(pageFalse, pageTrue, statistics);
    anyFalse |= pageFalse;
    anyTrue |= pageTrue;
    pageFalse = false;
    pageTrue = false;
  }

  @Override
  void putBounds(Statistics statistics) {
    put(anyFalse, anyTrue, statistics);
  }

  private static void put(boolean hasFalse, boolean hasTrue, Statistics statistics) {
    if (hasFalse || hasTrue) {
      statistics.setMin_value(new byte[] {(byte) (hasFalse ? 0 : 1)});
      statistics.setMax_value(new byte[] {(byte) (hasTrue ? 1 : 0)});
    }
  }

  @Override
  void reset() {
    anyFalse = false;
    anyTrue = false;
    pageFalse = false;
    pageTrue = false;
  }
}
