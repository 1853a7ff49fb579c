package dev.tidemill.foundation.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemill.foundation.RandomValues;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ColumnTest {
  private final RandomValues values = RandomValues.seeded("ColumnTest");
  private final MemoryScope scope = MemoryScope.root("test", 1L << 30);

  @AfterEach
  void nothingIsLeft() {
    scope.close();
  }

  @Test
  void buildersGiveBackWhatWasAppendedAndGoOn() {
    for (int round = 0; round < 150; round++) {
      Type type =
          round < RandomValues.flatTypes().size()
              ? RandomValues.flatTypes().get(round)
              : values.type(2);
      try (ColumnBuilder builder = ColumnBuilder.of(type, scope, values.random().nextInt(20))) {
        for (int again = 0; again < 3; again++) {
          List<Object> expected = values.values(type, values.random().nextInt(3000), again * 0.2);
          try (Column source = values.column(type, expected, scope)) {
            for (int i = 0; i < expected.size(); i++) {
              if (i % 2 == 0) {
                builder.appendValue(expected.get(i));
              } else {
                builder.appendFrom(source, i);
              }
            }
          }
          try (Column column = builder.build()) {
            assertEquals(
                RandomValues.comparables(expected), RandomValues.valuesOf(column), type.toString());
          }
          assertEquals(0, builder.length());
        }
        builder.appendValue(values.value(type, 0.5));
      }
    }
  }

  @Test
  void nestedValuesGrowThroughChildren() {
    Type map = new Type.MapType(Type.VARCHAR, Type.INTEGER);
    Type row =
        new Type.Row(
            List.of(
                new Type.RowField("m", map), new Type.RowField("l", new Type.Array(Type.BIGINT))));
    try (ColumnBuilder builder = ColumnBuilder.of(row, scope, 4)) {
      builder.child(0).child(0).appendValue("k");
      builder.child(0).child(1).appendLong(5);
      builder.child(0).endNested();
      builder.child(1).child(0).appendLong(1);
      builder.child(1).child(0).appendNull();
      builder.child(1).endNested();
      builder.endNested();
      builder.appendNull();
      try (Column column = builder.build()) {
        assertEquals(Arrays.asList(Map.of("k", 5), Arrays.asList(1L, null)), column.value(0));
        assertNull(column.value(1));
      }
    }
  }

  @Test
  void appendsOfTheWrongKindAreRefused() {
    try (ColumnBuilder text = ColumnBuilder.of(Type.VARCHAR, scope, 1);
        ColumnBuilder number = ColumnBuilder.of(Type.BIGINT, scope, 1);
        ColumnBuilder decimal = ColumnBuilder.of(new Type.Decimal(38, 0), scope, 1)) {
      assertThrows(IllegalArgumentException.class, () -> text.appendLong(1));
      assertThrows(IllegalArgumentException.class, () -> number.appendBytes(new byte[1], 0, 1));
      assertThrows(IllegalArgumentException.class, () -> number.appendDouble(1));
      assertThrows(IllegalArgumentException.class, () -> number.endNested());
      assertThrows(
          IllegalArgumentException.class, () -> decimal.appendValue(new BigDecimal("1e39")));
    }
  }

  @Test
  void stringsCompareByContentWhateverTheirBuffers() {
    List<Object> source = values.values(Type.VARCHAR, 100, 0);
    try (ColumnBuilder builder = ColumnBuilder.of(Type.VARCHAR, scope, 1)) {
      source.forEach(builder::appendValue);
      try (BytesColumn a = (BytesColumn) builder.build();
          BytesColumn b = (BytesColumn) Columns.compact(a, null, scope)) {
        for (int i = 0; i < 100; i++) {
          for (int j = 0; j < 100; j++) {
            assertEquals(source.get(i).equals(source.get(j)), a.equalAt(i, b, j));
          }
        }
      }
    }
  }

  @Test
  void bitsMoveAsBitSetsDo() {
    for (int round = 0; round < 500; round++) {
      int size = 1 + values.random().nextInt(300);
      BitSet bits = new BitSet();
      try (Buffer source = scope.allocateZeroed(Bits.bytes(size));
          Buffer target = scope.allocate(Bits.bytes(size));
          Buffer joined = scope.allocateZeroed(Bits.bytes(size * 2 + 70))) {
        for (int i = 0; i < size; i++) {
          boolean bit = values.random().nextBoolean();
          bits.set(i, bit);
          Bits.put(source.address(), i, bit);
        }
        assertEquals(bits.cardinality(), Bits.countOnes(source.address(), size));
        int from = values.random().nextInt(size);
        int count = values.random().nextInt(size - from + 1);
        Bits.copy(source.address(), from, target.address(), count);
        int ones = values.random().nextInt(70);
        Bits.setRange(joined.address(), 0, ones);
        Bits.append(source.address(), joined.address(), ones, size);
        for (int i = 0; i < count; i++) {
          assertEquals(bits.get(from + i), Bits.get(target.address(), i));
        }
        for (int i = 0; i < ones + size; i++) {
          assertEquals(i < ones || bits.get(i - ones), Bits.get(joined.address(), i));
        }
        assertEquals(ones + bits.cardinality(), Bits.countOnes(joined.address(), ones + size));
      }
    }
  }

  @Test
  void batchesAreSharedByCounting() {
    Batch batch = Batches.fromRows(List.of(Type.BIGINT), List.of(List.of(1L), List.of(2L)), scope);
    Batch kept = batch.retain();
    Batch selected = batch.select(new Selection(new int[] {1}, 1));
    batch.close();
    kept.close();
    assertThrows(IllegalStateException.class, kept::close);
    assertThrows(IllegalStateException.class, kept::retain);
    assertEquals(List.of(List.of(2L)), Batches.toRows(selected));
    selected.close();
    List<Column> columns = new ArrayList<>();
    columns.add(Columns.nulls(Type.BIGINT, 2, scope));
    assertThrows(IllegalArgumentException.class, () -> new Batch(3, columns));
    columns.getFirst().close();
  }
}
