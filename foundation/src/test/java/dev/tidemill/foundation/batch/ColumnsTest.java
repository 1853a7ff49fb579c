package dev.tidemill.foundation.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemill.foundation.RandomValues;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ColumnsTest {
  private final RandomValues values = RandomValues.seeded("ColumnsTest");
  private final MemoryScope scope = MemoryScope.root("test", 1L << 30);

  @AfterEach
  void nothingIsLeft() {
    assertEquals(0, scope.used());
    scope.close();
  }

  private List<Object> random(Type type) {
    return values.values(type, values.random().nextInt(200), values.random().nextInt(3) * 0.3);
  }

  private Type type(int round) {
    List<Type> flat = RandomValues.flatTypes();
    return round < flat.size() ? flat.get(round) : values.type(2);
  }

  private static void assertValues(List<?> expected, Column column) {
    assertEquals(RandomValues.comparables(expected), RandomValues.valuesOf(column));
    assertEquals(expected.size(), column.length());
  }

  @Test
  void takeGivesRowsInAnyOrderAndNulls() {
    for (int round = 0; round < 150; round++) {
      Type type = type(round);
      List<Object> source = random(type);
      int count = values.random().nextInt(150);
      int[] rows = new int[count + 5];
      List<Object> expected = new ArrayList<>();
      boolean holes = values.random().nextBoolean();
      for (int i = 0; i < count; i++) {
        rows[i + 5] =
            source.isEmpty() || holes && i % 3 == 0 ? -1 : values.random().nextInt(source.size());
        expected.add(rows[i + 5] < 0 ? null : source.get(rows[i + 5]));
      }
      Column taken;
      try (Column column = values.column(type, source, scope)) {
        taken = Columns.take(column, rows, 5, count, scope);
      }
      try (taken) {
        assertValues(expected, taken);
      }
    }
  }

  @Test
  void compactKeepsSelectedRows() {
    for (int round = 0; round < 150; round++) {
      Type type = type(round);
      List<Object> source = random(type);
      int[] rows = new int[source.size()];
      int count = 0;
      List<Object> expected = new ArrayList<>();
      for (int i = 0; i < source.size(); i++) {
        if (values.random().nextInt(3) > 0) {
          rows[count++] = i;
          expected.add(source.get(i));
        }
      }
      try (Column column = values.column(type, source, scope);
          Column selected = Columns.compact(column, new Selection(rows, count), scope);
          Column all = Columns.compact(column, null, scope)) {
        assertValues(expected, selected);
        assertValues(source, all);
      }
    }
  }

  @Test
  void compactLetsThePageGo() {
    Column copy;
    long before;
    try (ColumnBuilder builder = ColumnBuilder.of(Type.VARCHAR, scope, 10)) {
      for (int i = 0; i < 4000; i++) {
        builder.appendValue("a value too long for its view, number " + i);
      }
      try (Column column = builder.build()) {
        before = scope.used();
        copy = Columns.compact(column, new Selection(new int[] {7, 3999}, 2), scope);
      }
    }
    try (copy) {
      assertEquals(true, scope.used() < 1024, before + " bytes before, " + scope.used() + " after");
      assertEquals("a value too long for its view, number 3999", copy.value(1));
    }
  }

  @Test
  void sliceDecodeAndConcat() {
    for (int round = 0; round < 150; round++) {
      Type type = type(round);
      List<Object> expected = new ArrayList<>();
      List<Column> parts = new ArrayList<>();
      for (int p = values.random().nextInt(4); p >= 0; p--) {
        List<Object> source = random(type);
        int from = values.random().nextInt(source.size() + 1);
        int count = values.random().nextInt(source.size() - from + 1);
        List<Object> kept = source.subList(from, from + count);
        expected.addAll(kept);
        try (Column column = values.column(type, source, scope)) {
          Column slice = Columns.slice(column, from, count, scope);
          try (Column decoded = Columns.decode(slice, scope)) {
            assertValues(kept, slice);
            assertValues(kept, decoded);
          }
          parts.add(slice);
        }
      }
      try (Column joined = Columns.concat(parts, type, scope)) {
        parts.forEach(Column::close);
        assertValues(expected, joined);
      }
    }
  }

  @Test
  void concatKeepsCodesOfOneDictionary() {
    try (ColumnBuilder builder = ColumnBuilder.of(Type.VARCHAR, scope, 2)) {
      builder.appendValue("tide");
      builder.appendValue("mill");
      Buffer codes = scope.allocateZeroed(8);
      Memory.putInt(codes.address() + 4, 1);
      try (Column source = new DictionaryColumn(2, codes, builder.build(), null);
          Column one = Columns.take(source, new int[] {0, 1, 1}, 0, 3, scope);
          Column two = Columns.take(one, new int[] {-1, 0}, 0, 2, scope);
          Column both = Columns.concat(List.of(one, two), Type.VARCHAR, scope)) {
        assertSame(
            ((DictionaryColumn) source).dictionary(), ((DictionaryColumn) both).dictionary());
        assertValues(Arrays.asList("tide", "mill", "mill", null, "tide"), both);
      }
    }
  }

  @Test
  void concatUnitesSmallDictionaries() {
    Random random = new Random(7);
    List<String> words = new ArrayList<>(List.of("", "tide", "mill", "a word longer than a view"));
    List<Object> expected = new ArrayList<>();
    List<Column> parts = new ArrayList<>();
    try (ColumnBuilder builder = ColumnBuilder.of(Type.VARCHAR, scope, 4)) {
      for (int part = 0; part < 50; part++) {
        Collections.shuffle(words, random);
        List<String> own = words.subList(0, 1 + random.nextInt(words.size()));
        own.forEach(builder::appendValue);
        int[] rows = random.ints(20, -1, own.size()).toArray();
        Buffer codes = scope.allocate(own.size() * 4L);
        for (int i = 0; i < own.size(); i++) {
          Memory.putInt(codes.address() + i * 4L, i);
        }
        try (Column entries = new DictionaryColumn(own.size(), codes, builder.build(), null)) {
          parts.add(Columns.take(entries, rows, 0, rows.length, scope));
        }
        for (int row : rows) {
          expected.add(row < 0 ? null : own.get(row));
        }
      }
      try (Column joined = Columns.concat(parts, Type.VARCHAR, scope)) {
        assertEquals(4, assertInstanceOf(DictionaryColumn.class, joined).dictionary().length());
        assertValues(expected, joined);
      }
      try (Column few = Columns.concat(parts.subList(0, 2), Type.VARCHAR, scope)) {
        assertValues(expected.subList(0, 40), few);
      }
      parts.forEach(Column::close);
    }
  }

  @Test
  void decimalsWiden() {
    Type type = new Type.Decimal(38, 1);
    BigDecimal small = new BigDecimal("-12.5");
    BigDecimal large = new BigDecimal("9999999999999999999999999999999999999.9");
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, 1)) {
      builder.appendValue(small);
      builder.appendNull();
      try (Column narrow = builder.build()) {
        builder.appendValue(large);
        try (Column wide = builder.build();
            Column widened = Columns.widenDecimal(narrow, scope);
            Column both = Columns.concat(List.of(narrow, wide), type, scope)) {
          assertEquals(8, ((FixedColumn) narrow).width());
          assertEquals(16, ((FixedColumn) widened).width());
          assertValues(Arrays.asList(small, null), widened);
          assertValues(Arrays.asList(small, null, large), both);
        }
      }
    }
  }

  @Test
  void constantsAndNulls() {
    for (int round = 0; round < 60; round++) {
      Type type = type(round);
      Object value = values.value(type, 0.1);
      try (Column column = Columns.constant(type, value, 70, scope);
          Column nulls = Columns.nulls(type, 70, scope)) {
        List<Object> expected = new ArrayList<>();
        for (int i = 0; i < 70; i++) {
          expected.add(value);
        }
        assertValues(expected, column);
        assertEquals(true, nulls.isNull(0) && nulls.isNull(69));
      }
    }
  }

  @Test
  void batchesKeepRowsAndWeights() {
    for (int round = 0; round < 60; round++) {
      List<Type> types = values.types(4, 1);
      List<Batch> batches = new ArrayList<>();
      List<List<Object>> expected = new ArrayList<>();
      List<Long> expectedWeights = new ArrayList<>();
      for (int b = 0; b < 3; b++) {
        List<List<Object>> rows = new ArrayList<>();
        int count = values.random().nextInt(60);
        long[] weights = new long[count];
        for (int i = 0; i < count; i++) {
          List<Object> row = new ArrayList<>();
          types.forEach(type -> row.add(values.value(type, 0.2)));
          rows.add(row);
          weights[i] = b == 0 ? 1 : values.random().nextInt(5) - 2;
        }
        try (Batch all = Batches.fromRows(types, rows, b == 0 ? null : weights, scope)) {
          int[] selected = new int[count];
          int kept = 0;
          for (int i = 0; i < count; i++) {
            if (values.random().nextBoolean()) {
              selected[kept++] = i;
              expected.add(rows.get(i));
              expectedWeights.add(weights[i]);
            }
          }
          Batch batch = all.select(new Selection(selected, kept));
          batches.add(batch);
          try (Batch compacted = Batches.compact(batch, scope)) {
            assertEquals(
                RandomValues.comparables(Batches.toRows(batch)),
                RandomValues.comparables(Batches.toRows(compacted)));
            assertEquals(
                Arrays.toString(Batches.weights(batch)),
                Arrays.toString(Batches.weights(compacted)));
          }
        }
      }
      try (Batch joined = Batches.concat(batches, types, scope)) {
        batches.forEach(Batch::close);
        assertEquals(
            RandomValues.comparables(expected), RandomValues.comparables(Batches.toRows(joined)));
        assertEquals(expectedWeights, Arrays.stream(Batches.weights(joined)).boxed().toList());
      }
    }
  }

  @Test
  void nothingIsLeftWhenMemoryRunsOut() {
    for (int round = 0; round < 200; round++) {
      Type type = type(round % 40);
      List<Object> source = values.values(type, 100, 0.2);
      try (Column column = values.column(type, source, scope)) {
        int[] rows = new int[100];
        MemoryScope small = scope.child("small", values.random().nextInt(8000));
        try {
          Columns.take(column, rows, 0, 100, small).close();
          Columns.compact(column, null, small).close();
          Columns.decode(column, small).close();
          Columns.slice(column, 1, 98, small).close();
          Columns.concat(List.of(column, column), type, small).close();
          Batches.fromRows(List.of(type), source.stream().map(Arrays::asList).toList(), small)
              .close();
        } catch (TidemillException expected) {
          assertEquals("MEMORY_LIMIT_EXCEEDED", expected.code().name());
        }
        assertEquals(0, small.used(), type.toString());
        small.close();
      }
    }
  }

  @Test
  void slicesOutsideAreRefused() {
    try (Column column = Columns.nulls(Type.BIGINT, 3, scope)) {
      assertThrows(IndexOutOfBoundsException.class, () -> Columns.slice(column, 2, 2, scope));
      assertThrows(IndexOutOfBoundsException.class, () -> Columns.slice(column, -1, 2, scope));
    }
  }
}
