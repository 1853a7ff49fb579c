package dev.tidemill.foundation.row;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.foundation.RandomValues;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Period;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RowCodecTest {
  private final RandomValues values = RandomValues.seeded("RowCodecTest");
  private final MemoryScope scope = MemoryScope.root("test", 1L << 30);

  @AfterEach
  void nothingIsLeft() {
    scope.close();
  }

  @Test
  void bytesAreInTheOrderOfRowsAndDecodeBack() {
    for (int round = 0; round < 300; round++) {
      List<Type> types = values.types(3, 2);
      List<SortOrder> orders = new ArrayList<>();
      types.forEach(type -> orders.add(SortOrder.values()[values.random().nextInt(4)]));
      RowCodec codec = RowCodec.of(types, orders);
      int count = 40;
      List<List<Object>> columns = new ArrayList<>();
      List<Column> built = new ArrayList<>();
      for (Type type : types) {
        columns.add(values.values(type, count, 0.25));
        built.add(values.column(type, columns.getLast(), scope));
      }
      EncodedRows rows = new EncodedRows();
      codec.encode(built, null, count, rows);
      RowCodec unordered = RowCodec.unordered(types);
      EncodedRows unorderedRows = new EncodedRows();
      unordered.encode(built, null, count, unorderedRows);
      for (int i = 0; i < count; i++) {
        assertArrayEquals(codec.encodeRow(built, i), rows.key(i));
        for (int j = 0; j < count; j++) {
          int expected = 0;
          for (int c = 0; c < types.size() && expected == 0; c++) {
            expected =
                compare(types.get(c), orders.get(c), columns.get(c).get(i), columns.get(c).get(j));
          }
          assertEquals(
              Integer.signum(expected),
              Integer.signum(rows.compare(i, rows, j)),
              () -> types + " " + orders);
          assertEquals(expected == 0, rows.equal(i, rows, j));
          assertEquals(expected == 0, unorderedRows.equal(i, unorderedRows, j));
        }
      }
      assertDecodes(codec, types, rows, columns);
      assertDecodes(unordered, types, unorderedRows, columns);
      built.forEach(Column::close);
    }
  }

  private void assertDecodes(
      RowCodec codec, List<Type> types, EncodedRows rows, List<List<Object>> columns) {
    List<ColumnBuilder> builders = new ArrayList<>();
    types.forEach(type -> builders.add(ColumnBuilder.of(type, scope, 4)));
    int at = 0;
    for (int i = 0; i < rows.count(); i++) {
      at = codec.decode(rows.bytes(), at, builders);
      assertEquals(rows.end(i), at);
    }
    try (Buffer copy = scope.allocate(rows.size())) {
      rows.copyAllTo(copy.address());
      codec.decode(copy.address(), rows.length(0), builders);
    }
    for (int c = 0; c < types.size(); c++) {
      try (Column decoded = builders.get(c).build()) {
        for (int i = 0; i < rows.count(); i++) {
          assertEquals(
              0,
              compare(
                  types.get(c),
                  SortOrder.ASCENDING_NULLS_FIRST,
                  columns.get(c).get(i),
                  decoded.value(i)));
        }
        assertEquals(
            RandomValues.comparable(decoded.value(0)),
            RandomValues.comparable(decoded.value(rows.count())));
      }
      builders.get(c).close();
    }
  }

  private static int compare(Type type, SortOrder order, @Nullable Object a, @Nullable Object b) {
    if (a == null || b == null) {
      int nulls = Boolean.compare(b == null, a == null);
      return order.isNullsFirst() ? nulls : -nulls;
    }
    int result = compare(type, a, b);
    return order.isDescending() ? -result : result;
  }

  private static int compareNested(Type type, @Nullable Object a, @Nullable Object b) {
    return compare(type, SortOrder.ASCENDING_NULLS_LAST, a, b);
  }

  private static int compareAll(List<Type> types, List<?> a, List<?> b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int result = compareNested(types.get(i % types.size()), a.get(i), b.get(i));
      if (result != 0) {
        return result;
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  private static int compare(Type type, Object a, Object b) {
    return switch (type) {
      case Type.Varchar t ->
          Arrays.compareUnsigned(
              ((String) a).getBytes(StandardCharsets.UTF_8),
              ((String) b).getBytes(StandardCharsets.UTF_8));
      case Type.Varbinary t -> Arrays.compareUnsigned((byte[]) a, (byte[]) b);
      case Type.Real t -> Float.compare((Float) a + 0f, (Float) b + 0f);
      case Type.DoubleType t -> Double.compare((Double) a + 0.0, (Double) b + 0.0);
      case Type.MonthInterval t ->
          Long.compare(((Period) a).toTotalMonths(), ((Period) b).toTotalMonths());
      case Type.TimeInterval t -> ((Duration) a).compareTo((Duration) b);
      case Type.Array t -> compareAll(List.of(t.element()), (List<?>) a, (List<?>) b);
      case Type.Row t ->
          compareAll(
              t.fields().stream().map(Type.RowField::type).toList(), (List<?>) a, (List<?>) b);
      case Type.MapType t -> compareAll(List.of(t.key(), t.value()), entries(t, a), entries(t, b));
      default -> comparable(a).compareTo(b);
    };
  }

  @SuppressWarnings("unchecked")
  private static Comparable<Object> comparable(Object value) {
    return (Comparable<Object>) value;
  }

  private static List<Object> entries(Type.MapType type, Object map) {
    TreeMap<Object, Object> sorted = new TreeMap<>((x, y) -> compare(type.key(), x, y));
    sorted.putAll((Map<?, ?>) map);
    List<Object> entries = new ArrayList<>();
    sorted.forEach(
        (k, v) -> {
          entries.add(k);
          entries.add(v);
        });
    return entries;
  }

  @Test
  void decimalsOfOneTypeEncodeAlikeWhateverTheirWidth() {
    Type type = new Type.Decimal(38, 0);
    RowCodec codec = RowCodec.of(List.of(type));
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, 4)) {
      for (long value :
          new long[] {0, 1, -1, 127, 128, -128, -129, Long.MAX_VALUE, Long.MIN_VALUE}) {
        builder.appendValue(BigDecimal.valueOf(value));
      }
      try (Column narrow = builder.build();
          Column wide = Columns.widenDecimal(narrow, scope)) {
        for (int i = 0; i < narrow.length(); i++) {
          assertArrayEquals(codec.encodeRow(List.of(narrow), i), codec.encodeRow(List.of(wide), i));
        }
      }
    }
  }

  /** Stored state depends on these bytes: if they change, so must FORMAT_VERSION. */
  @Test
  void theFormatIsWhatItSays() {
    List<Type> types =
        List.of(
            Type.INTEGER,
            Type.DOUBLE,
            new Type.Decimal(10, 2),
            Type.VARCHAR,
            new Type.Array(Type.TINYINT));
    try (Batch batch =
        Batches.fromRows(
            types,
            List.of(
                Arrays.asList(
                    -2, -1.0, new BigDecimal("-1.28"), "a\0", Arrays.asList((byte) 1, null)),
                Arrays.asList(null, 1.0, new BigDecimal("1.28"), null, null)),
            scope)) {
      EncodedRows rows = new EncodedRows();
      RowCodec.of(types).encode(batch, new int[] {0, 1, 2, 3, 4}, rows);
      assertEquals(
          "01 7ffffffe 01 400fffffffffffff 01 7f80 01 6100ff0000 01 0181 02 00".replace(" ", ""),
          HexFormat.of().formatHex(rows.key(0)));
      assertEquals(
          "00 01 bff0000000000000 01 820080 00 00".replace(" ", ""),
          HexFormat.of().formatHex(rows.key(1)));
      assertEquals(1, RowCodec.FORMAT_VERSION);
      try (Batch selected = batch.select(new Selection(new int[] {1}, 1))) {
        RowCodec.of(List.of(Type.INTEGER), List.of(SortOrder.DESCENDING_NULLS_LAST))
            .encode(selected, new int[] {0}, rows);
        assertEquals(1, rows.count());
        assertEquals("02", HexFormat.of().formatHex(rows.key(0)));
      }
    }
  }
}
