package dev.tidemill.foundation.arrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.tidemill.foundation.RandomValues;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ViewVarCharVector;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ArrowTest {
  private final RandomValues values = RandomValues.seeded("ArrowTest");
  private final MemoryScope scope = MemoryScope.root("test", 1L << 30);

  @AfterEach
  void nothingIsLeft() {
    scope.close();
  }

  private Batch batch(List<Type> types, boolean weighted) {
    int count = values.random().nextInt(50);
    List<Column> columns = new ArrayList<>();
    double nulls = values.random().nextInt(3) * 0.3;
    for (Type type : types) {
      columns.add(values.column(type, values.values(type, count, nulls), scope));
    }
    int[] rows = new int[count];
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (values.random().nextBoolean()) {
        rows[kept++] = i;
      }
    }
    Selection selection = values.random().nextBoolean() ? null : new Selection(rows, kept);
    if (!weighted) {
      return new Batch(count, columns, selection, null);
    }
    List<Object> weights = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      weights.add((long) values.random().nextInt(9) - 4);
    }
    try (Batch one =
        Batches.fromRows(List.of(Type.BIGINT), weights.stream().map(List::of).toList(), scope)) {
      return new Batch(count, columns, selection, (FixedColumn) one.column(0).retain());
    }
  }

  private static void assertSame(Batch expected, Batch actual) {
    assertEquals(
        RandomValues.comparables(Batches.toRows(expected)),
        RandomValues.comparables(Batches.toRows(actual)));
    assertEquals(
        Arrays.toString(Batches.weights(expected)), Arrays.toString(Batches.weights(actual)));
  }

  @Test
  void everyTypeGoesThereAndBack() {
    for (int round = 0; round < 120; round++) {
      List<Type> types = round == 0 ? RandomValues.flatTypes() : values.types(4, 2);
      List<String> names = new ArrayList<>();
      types.forEach(type -> names.add("n" + names.size()));
      Schema schema = ArrowBorder.schema(names, types);
      if (round % 3 == 1) {
        schema = ArrowBorder.plain(schema);
      }
      try (Batch batch = batch(types, false);
          BufferAllocator allocator = ArrowBorder.newAllocator("test");
          VectorSchemaRoot root = ArrowBorder.toArrow(batch, schema, allocator, scope);
          Batch back = ArrowBorder.fromArrow(root, scope)) {
        assertEquals(batch.rowCount(), root.getRowCount());
        assertSame(batch, back);
        for (int c = 0; c < types.size(); c++) {
          assertEquals(types.get(c), back.column(c).type());
        }
      }
    }
  }

  @Test
  void streamsKeepRowsWeightsAndTypes() {
    for (int round = 0; round < 120; round++) {
      List<Type> types = values.types(4, 2);
      List<Batch> batches = new ArrayList<>();
      boolean weighted = values.random().nextBoolean();
      for (int i = values.random().nextInt(4); i > 0; i--) {
        batches.add(batch(types, weighted && i != 2));
      }
      byte[] stream = ArrowIpc.write(batches, types, scope);
      List<Batch> read = ArrowIpc.read(stream, scope);
      assertEquals(batches.size(), read.size());
      for (int i = 0; i < read.size(); i++) {
        assertSame(batches.get(i), read.get(i));
        for (int c = 0; c < types.size(); c++) {
          assertEquals(types.get(c), read.get(i).column(c).type());
        }
      }
      batches.forEach(Batch::close);
      read.forEach(Batch::close);
    }
  }

  @Test
  void vectorsStandOnOurBuffersAndOutliveTheBatch() {
    List<Type> types = List.of(Type.BIGINT, Type.VARCHAR, new Type.Decimal(10, 2));
    Schema schema = ArrowBorder.schema(List.of("a", "b", "c"), types);
    try (BufferAllocator allocator = ArrowBorder.newAllocator("test")) {
      VectorSchemaRoot root;
      try (Batch batch =
          Batches.fromRows(
              types,
              List.of(List.of(7L, "a string longer than its view", new BigDecimal("-1.50"))),
              scope)) {
        root = ArrowBorder.toArrow(batch, schema, allocator, scope);
        assertEquals(
            ((FixedColumn) batch.column(0)).address(), root.getVector("a").getDataBufferAddress());
      }
      try (root) {
        assertEquals(7L, ((BigIntVector) root.getVector("a")).get(0));
        ViewVarCharVector strings = (ViewVarCharVector) root.getVector("b");
        assertEquals("a string longer than its view", strings.getObject(0).toString());
        assertEquals(new BigDecimal("-1.50"), ((DecimalVector) root.getVector("c")).getObject(0));
      }
    }
  }

  @Test
  void plainStringsForOlderReaders() {
    List<Type> types = List.of(Type.VARCHAR);
    Schema schema = ArrowBorder.plain(ArrowBorder.schema(List.of("s"), types));
    try (Batch batch =
            Batches.fromRows(
                types, Arrays.asList(List.of("tide"), Arrays.asList((Object) null)), scope);
        BufferAllocator allocator = ArrowBorder.newAllocator("test");
        VectorSchemaRoot root = ArrowBorder.toArrow(batch, schema, allocator, scope)) {
      VarCharVector vector = (VarCharVector) root.getVector("s");
      assertEquals("tide", vector.getObject(0).toString());
      assertNull(vector.getObject(1));
    }
  }
}
