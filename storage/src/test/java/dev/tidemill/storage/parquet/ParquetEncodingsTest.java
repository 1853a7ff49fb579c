package dev.tidemill.storage.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.bytestreamsplit.ByteStreamSplitValuesWriter;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForInteger;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.column.values.deltalengthbytearray.DeltaLengthByteArrayValuesWriter;
import org.apache.parquet.column.values.deltastrings.DeltaByteArrayWriter;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridValuesWriter;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Pages that parquet-java's encoders make, decoded in pieces, some skipped, some slots NULL. */
final class ParquetEncodingsTest {
  private static final HeapByteBufferAllocator HEAP = new HeapByteBufferAllocator();

  private final long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
  private final Random random = new Random(seed);

  private static ParquetColumn column(Physical physical, Type type, int stride) {
    return new ParquetColumn(
        "c", 0, physical, type, stride == 0 ? physical.stride() : stride, true);
  }

  private <T> void check(
      ParquetColumn column,
      Encoding encoding,
      List<T> values,
      ValuesWriter writer,
      BiConsumer<ValuesWriter, T> write)
      throws IOException {
    values.forEach(value -> write.accept(writer, value));
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    writer.getBytes().writeAllTo(page);
    check(column, encoding, values, page.toByteArray());
    writer.close();
  }

  /** Reads the page in pieces of random length, each appended or skipped, and compares. */
  private <T> void check(ParquetColumn column, Encoding encoding, List<T> values, byte[] bytes) {
    String message = encoding + " of " + column + " seed " + seed;
    ParquetPlace place = new ParquetPlace("f", "c", 0);
    try (MemoryScope scope = MemoryScope.root("test", 1 << 30);
        Buffer buffer = scope.allocate(bytes.length + PageReader.PADDING);
        ValueReader reader = ValueReader.of(column, place, scope)) {
      Memory.copyFromArray(bytes, 0, buffer.address(), bytes.length);
      long end = buffer.address() + bytes.length;
      reader.startPage(
          new Page(buffer, values.size(), encoding, 0, 0, 0, 0, buffer.address(), end));
      for (int at = 0; at < values.size(); ) {
        int valid = Math.min(1 + random.nextInt(500), values.size() - at);
        if (random.nextInt(4) == 0) {
          reader.skip(valid);
        } else {
          int slots = valid + random.nextInt(3) * random.nextInt(100);
          checkColumn(reader, slots, valid, values.subList(at, at + valid), message);
        }
        at += valid;
      }
      TidemillException e =
          assertThrows(
              TidemillException.class, () -> reader.append(new long[1], 0, 64, 64), message);
      assertEquals(
          "malformed Parquet data: f, column c, row group 0: a page ends before its last value",
          e.getMessage());
    }
  }

  private <T> void checkColumn(
      ValueReader reader, int slots, int valid, List<T> expected, String message) {
    long[] words = new long[HeapBits.words(slots) + 1];
    List<@Nullable Object> wanted = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < slots; i++) {
      boolean set = next < valid && (valid - next == slots - i || random.nextInt(slots) < valid);
      if (set) {
        HeapBits.set(words, i);
        wanted.add(expected.get(next++));
      } else {
        wanted.add(null);
      }
    }
    reader.append(words, 0, slots, valid);
    try (Column column = reader.finish(slots, null)) {
      for (int i = 0; i < slots; i++) {
        if (wanted.get(i) != null) {
          assertEquals(wanted.get(i), ParquetFiles.comparable(column.value(i)), message);
        }
      }
    }
  }

  private List<String> texts() {
    List<String> texts = new ArrayList<>();
    String last = "";
    for (int i = 0; i < 3000; i++) {
      String kept = last.substring(0, random.nextInt(last.length() + 1));
      last = kept + "ö" + Integer.toString(random.nextInt(1 << random.nextInt(1, 30)), 36);
      if (last.length() > 60 || random.nextInt(20) == 0) {
        last = "";
      }
      texts.add(last);
    }
    return texts;
  }

  @Test
  void deltaIntegers() throws IOException {
    List<Integer> ints = new ArrayList<>();
    List<Long> longs = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      int bits = random.nextInt(1, 65);
      longs.add(i / 700 % 2 == 0 ? (long) i : random.nextLong() >> (64 - bits));
      ints.add(i / 700 % 2 == 0 ? -i : random.nextInt() >> random.nextInt(32));
    }
    check(
        column(Physical.INT_64, Type.BIGINT, 0),
        Encoding.DELTA_BINARY_PACKED,
        longs,
        new DeltaBinaryPackingValuesWriterForLong(1000, 1000, HEAP),
        ValuesWriter::writeLong);
    check(
        column(Physical.INT_32, Type.INTEGER, 0),
        Encoding.DELTA_BINARY_PACKED,
        ints,
        new DeltaBinaryPackingValuesWriterForInteger(1000, 1000, HEAP),
        ValuesWriter::writeInteger);
  }

  @Test
  void deltaTexts() throws IOException {
    ParquetColumn column = column(Physical.BYTES, Type.VARCHAR, 0);
    check(
        column,
        Encoding.DELTA_LENGTH_BYTE_ARRAY,
        texts(),
        new DeltaLengthByteArrayValuesWriter(1000, 1000, HEAP),
        (writer, text) -> writer.writeBytes(Binary.fromString(text)));
    check(
        column,
        Encoding.DELTA_BYTE_ARRAY,
        texts(),
        new DeltaByteArrayWriter(1000, 1000, HEAP),
        (writer, text) -> writer.writeBytes(Binary.fromString(text)));
  }

  @Test
  void decimalsAsBytes() throws IOException {
    List<BigDecimal> values = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      BigInteger unscaled = new BigInteger(i < 1500 ? 40 : 120, random);
      values.add(new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), 2));
    }
    check(
        column(Physical.DECIMAL_BYTES, new Type.Decimal(38, 2), 0),
        Encoding.DELTA_LENGTH_BYTE_ARRAY,
        values,
        new DeltaLengthByteArrayValuesWriter(1000, 1000, HEAP),
        (writer, v) ->
            writer.writeBytes(Binary.fromConstantByteArray(v.unscaledValue().toByteArray())));
    for (int length : new int[] {16, 17}) {
      check(
          column(Physical.DECIMAL_FIXED, new Type.Decimal(38, 2), length),
          Encoding.DELTA_BYTE_ARRAY,
          values,
          new DeltaByteArrayWriter(1000, 1000, HEAP),
          (writer, v) -> writer.writeBytes(Binary.fromConstantByteArray(fixed(v, length))));
      check(
          column(Physical.DECIMAL_FIXED, new Type.Decimal(38, 2), length),
          Encoding.BYTE_STREAM_SPLIT,
          values,
          new ByteStreamSplitValuesWriter.FixedLenByteArrayByteStreamSplitValuesWriter(
              length, 1000, 1000, HEAP),
          (writer, v) -> writer.writeBytes(Binary.fromConstantByteArray(fixed(v, length))));
    }
  }

  private static byte[] fixed(BigDecimal value, int length) {
    byte[] digits = value.unscaledValue().toByteArray();
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      int at = i - length + digits.length;
      bytes[i] = at >= 0 ? digits[at] : (byte) (value.signum() < 0 ? -1 : 0);
    }
    return bytes;
  }

  @Test
  void streamSplit() throws IOException {
    List<Float> floats = new ArrayList<>();
    List<Double> doubles = new ArrayList<>();
    List<Long> longs = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      floats.add(random.nextFloat());
      doubles.add(random.nextGaussian());
      longs.add(random.nextLong());
    }
    check(
        column(Physical.FLOAT, Type.REAL, 0),
        Encoding.BYTE_STREAM_SPLIT,
        floats,
        new ByteStreamSplitValuesWriter.FloatByteStreamSplitValuesWriter(1000, 1000, HEAP),
        ValuesWriter::writeFloat);
    check(
        column(Physical.DOUBLE, Type.DOUBLE, 0),
        Encoding.BYTE_STREAM_SPLIT,
        doubles,
        new ByteStreamSplitValuesWriter.DoubleByteStreamSplitValuesWriter(1000, 1000, HEAP),
        ValuesWriter::writeDouble);
    check(
        column(Physical.INT_64, Type.BIGINT, 0),
        Encoding.BYTE_STREAM_SPLIT,
        longs,
        new ByteStreamSplitValuesWriter.LongByteStreamSplitValuesWriter(1000, 1000, HEAP),
        ValuesWriter::writeLong);
  }

  @Test
  void runsOfBooleans() throws IOException {
    List<Boolean> values = new ArrayList<>();
    while (values.size() < 5000) {
      boolean value = random.nextBoolean();
      for (int n = random.nextInt(4) == 0 ? random.nextInt(300) : 1; n > 0; n--) {
        values.add(value);
      }
    }
    check(
        column(Physical.BOOLEAN, Type.BOOLEAN, 0),
        Encoding.RLE,
        values.subList(0, 4096),
        new RunLengthBitPackingHybridValuesWriter(1, 1000, 1000, HEAP),
        ValuesWriter::writeBoolean);
  }

  @Test
  void timestampsOf96Bits() {
    ByteBuffer bytes = ByteBuffer.allocate(36).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(1).putInt(2_440_588);
    bytes.putLong(86_399_999_999_999L).putInt(2_440_587);
    bytes.putLong(3_600_000_000_000L).putInt(2_451_545);
    check(
        column(Physical.INT_96, new Type.Timestamp(9), 0),
        Encoding.PLAIN,
        List.of(
            LocalDateTime.of(1970, 1, 1, 0, 0, 0, 1),
            LocalDateTime.of(1969, 12, 31, 23, 59, 59, 999_999_999),
            LocalDateTime.of(2000, 1, 1, 1, 0)),
        bytes.array());
    ByteBuffer far = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    far.putLong(0).putInt(1_721_424);
    ParquetColumn column = column(Physical.INT_96, new Type.Timestamp(9), 0);
    try (MemoryScope scope = MemoryScope.root("test", 1 << 30);
        Buffer buffer = scope.allocate(far.capacity() + PageReader.PADDING);
        ValueReader reader = ValueReader.of(column, new ParquetPlace("f", "c", 0), scope)) {
      Memory.copyFromArray(far.array(), 0, buffer.address(), far.capacity());
      long end = buffer.address() + far.capacity();
      reader.startPage(new Page(buffer, 1, Encoding.PLAIN, 0, 0, 0, 0, buffer.address(), end));
      TidemillException e =
          assertThrows(TidemillException.class, () -> reader.append(new long[] {1}, 0, 1, 1));
      assertEquals(
          "a value does not fit TIMESTAMP(9): f, column c, row group 0: of INT_96", e.getMessage());
    }
  }

  @Test
  void textThatIsNotUtf8() {
    byte[] page = "\4\0\0\0good\3\0\0\0b?d".getBytes(StandardCharsets.ISO_8859_1);
    page[12] = (byte) 0xff;
    TidemillException e =
        assertThrows(
            TidemillException.class,
            () -> {
              for (int i = 0; i < 100; i++) {
                check(
                    column(Physical.BYTES, Type.VARCHAR, 0),
                    Encoding.PLAIN,
                    List.of("good", "bad"),
                    page);
              }
            });
    assertEquals(
        "malformed Parquet data: f, column c, row group 0: text that is not UTF-8", e.getMessage());
  }
}
