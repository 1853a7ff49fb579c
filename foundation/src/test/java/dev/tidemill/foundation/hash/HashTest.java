package dev.tidemill.foundation.hash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.RandomValues;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HashTest {
  private final MemoryScope scope = MemoryScope.root("test", 1L << 30);

  @AfterEach
  void nothingIsLeft() {
    scope.close();
  }

  private long hash(Type type, @Nullable Object value) {
    long[] hashes = new long[1];
    try (Column column = Columns.constant(type, value, 1, scope)) {
      Hash.hash(column, 1, hashes);
    }
    return hashes[0];
  }

  /** The buffer of xxHash's own sanity check: the top bytes of powers of a prime. */
  private static byte[] sanityBuffer(int length) {
    byte[] bytes = new byte[length];
    long generator = 2654435761L;
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (generator >>> 56);
      generator *= 0x9E3779B185EBCA8DL;
    }
    return bytes;
  }

  @Test
  void stringsAreXxHash64() {
    assertEquals(0xEF46DB3751D8E999L, hash(Type.VARCHAR, ""));
    assertEquals(0xD24EC4F1A98C6E5BL, hash(Type.VARCHAR, "a"));
    assertEquals(0x44BC2CF5AD770999L, hash(Type.VARCHAR, "abc"));
    assertEquals(
        0x0B242D361FDA71BCL, hash(Type.VARCHAR, "The quick brown fox jumps over the lazy dog"));
    assertEquals(0xE934A84ADB052768L, hash(Type.VARBINARY, sanityBuffer(1)));
    assertEquals(0x8282DCC4994E35C8L, hash(Type.VARBINARY, sanityBuffer(14)));
  }

  @Test
  void arraysAndMemoryHashAlike() {
    for (int length = 0; length < 200; length++) {
      byte[] bytes = sanityBuffer(length + 3);
      assertEquals(
          Hash.ofBytes(bytes, 3, length),
          hash(Type.VARBINARY, Arrays.copyOfRange(bytes, 3, length + 3)));
    }
  }

  @Test
  void numbersAreSplitMix64() {
    assertEquals(0xE220A8397B1DCDAFL, hash(Type.BIGINT, 0L));
    assertEquals(hash(Type.BIGINT, -5L), hash(Type.TINYINT, (byte) -5));
    assertEquals(hash(Type.BIGINT, -5L), hash(Type.SMALLINT, (short) -5));
    assertEquals(hash(Type.BIGINT, -5L), hash(Type.INTEGER, -5));
    assertEquals(hash(Type.BIGINT, -5L), hash(new Type.Decimal(18, 0), new BigDecimal(-5)));
    assertEquals(hash(Type.BIGINT, 19000L), hash(Type.DATE, LocalDate.ofEpochDay(19000)));
    assertEquals(hash(Type.BIGINT, 1L), hash(Type.BOOLEAN, true));
    assertEquals(hash(Type.DOUBLE, 0.0), hash(Type.DOUBLE, -0.0));
    assertEquals(hash(Type.DOUBLE, 1.5), hash(Type.REAL, 1.5f));
    assertEquals(
        hash(Type.DOUBLE, Double.NaN),
        hash(Type.DOUBLE, Double.longBitsToDouble(0xfff8000000000123L)));
    assertEquals(hash(Type.DOUBLE, Double.NaN), hash(Type.REAL, Float.NaN));
  }

  /** Stored state depends on these: if one changes, key groups change. */
  @Test
  void theHashNeverChanges() {
    assertEquals(0x910A2DEC89025CC1L, hash(Type.BIGINT, 1L));
    assertEquals(Hash.NULL, hash(Type.BIGINT, null));
    assertEquals(Hash.NULL, hash(Type.VARCHAR, null));
    assertEquals(0x703019707E335B2BL, Hash.NULL);
    assertEquals(0x885D9E34F64FF357L, Hash.combine(1, 2));
    assertEquals(0xD6DAB18E1392608AL, hash(Type.DOUBLE, 1.5));
    assertEquals(
        0xD9B4254341D1212CL,
        hash(new Type.Decimal(38, 0), new BigDecimal("99999999999999999999999999999999999999")));
    assertEquals(
        0x6334995A7F5BA5A8L, hash(new Type.Array(Type.INTEGER), Arrays.asList(1, null, 3)));
    assertEquals(
        0x4044E68C7EFC8D62L,
        hash(new Type.MapType(Type.VARCHAR, Type.INTEGER), Map.of("a", 1, "b", 2)));
    assertEquals(0xCDF72D3EF4F3239EL, hash(row(), Arrays.asList(1, "a")));
  }

  private static Type row() {
    return new Type.Row(
        List.of(new Type.RowField("a", Type.INTEGER), new Type.RowField("b", Type.VARCHAR)));
  }

  @Test
  void keysCombineColumnsAndLayoutsDoNotMatter() {
    RandomValues values = RandomValues.seeded("HashTest");
    for (int round = 0; round < 100; round++) {
      Type type = values.type(2);
      List<Object> source = values.values(type, 100, 0.2);
      long[] a = new long[100];
      long[] b = new long[100];
      try (Column one = values.column(type, source, scope);
          Column two = values.column(type, source, scope);
          Column plain = Columns.decode(two, scope)) {
        Hash.hash(one, 100, a);
        Hash.hash(plain, 100, b);
        assertEquals(Arrays.toString(a), Arrays.toString(b), type.toString());
        Hash.combine(two, 100, a);
        for (int i = 0; i < 100; i++) {
          assertEquals(Hash.combine(b[i], b[i]), a[i]);
        }
      }
    }
  }

  @Test
  void decimalWidthsHashAlike() {
    Type type = new Type.Decimal(38, 2);
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, 3)) {
      for (String text :
          List.of("1.00", "-1.00", "92233720368547758.07", "-92233720368547758.08")) {
        builder.appendValue(new BigDecimal(text));
      }
      try (Column narrow = builder.build();
          Column wide = Columns.widenDecimal(narrow, scope)) {
        long[] a = new long[4];
        long[] b = new long[4];
        Hash.hash(narrow, 4, a);
        Hash.hash(wide, 4, b);
        assertEquals(Arrays.toString(a), Arrays.toString(b));
      }
    }
  }

  @Test
  void keyGroupsAreTheTopBits() {
    assertEquals(0xE2, KeyGroups.of(Hash.mix(0)));
    int[] perWorker = new int[3];
    for (int group = 0; group < KeyGroups.COUNT; group++) {
      perWorker[KeyGroups.worker(group, 3)]++;
    }
    assertTrue(
        Arrays.stream(perWorker).allMatch(n -> n == 85 || n == 86), Arrays.toString(perWorker));
  }

  @Test
  void keysOfABatch() {
    try (Batch batch =
        Batches.fromRows(
            List.of(Type.BIGINT, Type.VARCHAR),
            List.of(List.of(7L, "a"), List.of(8L, "b")),
            scope)) {
      long[] hashes = new long[2];
      Hash.keys(batch, new int[] {1, 0}, hashes);
      long a = Hash.ofBytes("b".getBytes(StandardCharsets.UTF_8), 0, 1);
      assertEquals(Hash.combine(a, Hash.mix(8)), hashes[1]);
      Hash.keys(batch, new int[0], hashes);
      assertEquals(Hash.mix(0), hashes[1]);
    }
  }
}
