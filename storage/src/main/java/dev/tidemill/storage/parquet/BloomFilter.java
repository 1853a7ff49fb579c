package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.file.FileInput;
import dev.tidemill.storage.table.ColumnFilter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.parquet.format.BloomFilterHeader;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/**
 * The split block bloom filter of a chunk (Parquet's BloomFilter.md): blocks of eight 32-bit words;
 * the upper half of a value's XXH64 chooses the block, the lower half a bit in each word. One that
 * cannot be read says nothing.
 */
final class BloomFilter {
  private static final int HEADER_BYTES = 64;
  private static final int BLOCK_BYTES = 32;
  private static final int MAX_BYTES = 128 << 20;
  private static final int[] SALT = {
    0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31
  };

  private BloomFilter() {}

  /** Whether no row of the chunk can pass, by its bloom filter. */
  static boolean rejects(
      ColumnFilter filter,
      FileInput input,
      Footer footer,
      ColumnMetaData chunk,
      ParquetColumn column) {
    List<Object> values = values(filter);
    if (values.isEmpty() || !chunk.isSetBloom_filter_offset()) {
      return false;
    }
    long[] hashes = new long[values.size()];
    for (int i = 0; i < hashes.length; i++) {
      byte[] plain = plain(values.get(i), column);
      if (plain == null) {
        return false;
      }
      hashes[i] = Hash.ofBytes(plain, 0, plain.length);
    }
    return !mayHaveOneOf(hashes, input, chunk.getBloom_filter_offset(), footer.dataEnd());
  }

  private static List<Object> values(ColumnFilter filter) {
    return switch (filter) {
      case ColumnFilter.Comparison comparison
          when comparison.operator() == ColumnFilter.Operator.EQUAL ->
          List.of(comparison.value());
      case ColumnFilter.In in -> in.values();
      default -> List.of();
    };
  }

  /** The value as it stands in a PLAIN page, or null where it is not known how. */
  private static byte @Nullable [] plain(Object value, ParquetColumn column) {
    return switch (column.physical()) {
      case INT_8, INT_16, INT_32, INT_32_LONG -> {
        Long number = number(value, column.type());
        yield number == null || number.intValue() != number
            ? null
            : ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(number.intValue())
                .array();
      }
      case INT_64 -> {
        Long number = number(value, column.type());
        yield number == null
            ? null
            : ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array();
      }
      case BYTES ->
          value instanceof String text
              ? text.getBytes(StandardCharsets.UTF_8)
              : value instanceof byte[] bytes ? bytes : null;
      default -> null;
    };
  }

  private static @Nullable Long number(Object value, Type type) {
    return switch (type) {
      case Type.Int t ->
          value instanceof Byte
                  || value instanceof Short
                  || value instanceof Integer
                  || value instanceof Long
              ? (Long) ((Number) value).longValue()
              : null;
      case Type.Date t -> value instanceof LocalDate date ? (Long) date.toEpochDay() : null;
      case Type.Decimal t ->
          value instanceof BigDecimal decimal
                  && decimal.scale() == t.scale()
                  && decimal.unscaledValue().bitLength() < 64
              ? (Long) decimal.unscaledValue().longValue()
              : null;
      case Type.Timestamp t ->
          value instanceof LocalDateTime time ? timestamp(time, t.precision()) : null;
      default -> null;
    };
  }

  private static @Nullable Long timestamp(LocalDateTime time, int precision) {
    long perSecond = TimeUnits.perSecond(precision);
    long unit = 1_000_000_000L / perSecond;
    long seconds = time.toEpochSecond(ZoneOffset.UTC);
    boolean fits =
        time.getNano() % unit == 0
            && Math.multiplyHigh(seconds, perSecond) == seconds * perSecond >> 63;
    return fits ? (Long) (seconds * perSecond + time.getNano() / unit) : null;
  }

  private static boolean mayHaveOneOf(long[] hashes, FileInput input, long offset, long end) {
    if (offset < 4 || offset >= end) {
      return true;
    }
    byte[] head = new byte[(int) Math.min(HEADER_BYTES, end - offset)];
    input.readFully(offset, head, 0, head.length);
    ByteArrayInputStream stream = new ByteArrayInputStream(head);
    BloomFilterHeader header;
    try {
      header = Util.readBloomFilterHeader(stream);
    } catch (IOException | RuntimeException e) {
      return true; // the rows themselves are read then
    }
    long blocks = offset + head.length - stream.available();
    int bytes = header.getNumBytes();
    if (bytes < BLOCK_BYTES
        || bytes > MAX_BYTES
        || bytes % BLOCK_BYTES != 0
        || bytes > end - blocks
        || !header.getAlgorithm().isSetBLOCK()
        || !header.getHash().isSetXXHASH()
        || !header.getCompression().isSetUNCOMPRESSED()) {
      return true;
    }
    for (long hash : hashes) {
      long block = (hash >>> 32) * (bytes / BLOCK_BYTES) >>> 32;
      byte[] words = new byte[BLOCK_BYTES];
      input.readFully(blocks + block * BLOCK_BYTES, words, 0, BLOCK_BYTES);
      if (isIn(ByteBuffer.wrap(words).order(ByteOrder.LITTLE_ENDIAN), (int) hash)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isIn(ByteBuffer block, int key) {
    for (int i = 0; i < SALT.length; i++) {
      if ((block.getInt(4 * i) >>> (key * SALT[i] >>> 27) & 1) == 0) {
        return false;
      }
    }
    return true;
  }
}
