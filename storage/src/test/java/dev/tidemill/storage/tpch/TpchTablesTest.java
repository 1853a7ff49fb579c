package dev.tidemill.storage.tpch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import io.trino.tpch.CustomerGenerator;
import io.trino.tpch.Distributions;
import io.trino.tpch.LineItemGenerator;
import io.trino.tpch.NationGenerator;
import io.trino.tpch.OrderGenerator;
import io.trino.tpch.PartGenerator;
import io.trino.tpch.PartSupplierGenerator;
import io.trino.tpch.RegionGenerator;
import io.trino.tpch.SupplierGenerator;
import io.trino.tpch.TextPool;
import io.trino.tpch.TpchColumn;
import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Three oracles: Trino's generator with a text of our size for everything but addresses, values
 * that DuckDB generates, and the generator itself, started at another row.
 */
final class TpchTablesTest {
  private final MemoryScope scope = MemoryScope.root("test", MemoryScope.UNLIMITED);

  @AfterEach
  void nothingIsLeft() {
    scope.close();
  }

  @Test
  void agreesWithTheGeneratorOfTrino() {
    double factor = 0.01;
    Distributions words = Distributions.getDefaultDistributions();
    TextPool pool = new TextPool(CommentPool.SIZE, words);
    agrees(TpchTable.REGION, factor, new RegionGenerator(words, () -> pool));
    agrees(TpchTable.NATION, factor, new NationGenerator(words, () -> pool));
    agrees(TpchTable.SUPPLIER, 1, new SupplierGenerator(1, 1, 1, words, () -> pool));
    agrees(TpchTable.CUSTOMER, factor, new CustomerGenerator(factor, 1, 1, words, () -> pool));
    agrees(TpchTable.PART, factor, new PartGenerator(factor, 1, 1, words, () -> pool));
    agrees(TpchTable.PART_SUPPLIER, factor, new PartSupplierGenerator(factor, 1, 1, () -> pool));
    agrees(TpchTable.ORDERS, factor, new OrderGenerator(factor, 1, 1, words, () -> pool));
    agrees(TpchTable.LINE_ITEM, factor, new LineItemGenerator(factor, 1, 1, words, () -> pool));
  }

  private <E extends TpchEntity> void agrees(
      TpchTable<E> oracle, double factor, Iterable<E> entities) {
    String name = oracle.getTableName();
    Table table = TpchTables.open(name, new TpchScale(factor));
    List<String> names = table.schema().getFields().stream().map(Field::getName).toList();
    assertEquals(oracle.getColumns().stream().map(TpchColumn::getColumnName).toList(), names);
    List<String> compared = names.stream().filter(n -> !n.endsWith("_address")).toList();
    int row = 0;
    List<List<Object>> rows = read(table, compared);
    for (E entity : entities) {
      for (int c = 0; c < compared.size(); c++) {
        TpchColumn<E> column = oracle.getColumn(compared.get(c));
        Object found = rows.get(row).get(c);
        int at = row;
        assertEquals(value(column, entity), found, () -> column.getColumnName() + " of row " + at);
      }
      row++;
    }
    assertEquals(row, rows.size());
    assertEquals(row, table.advance(table.start(), 1).rows());
    assertEquals(row, read(table, List.of()).size());
  }

  private static <E extends TpchEntity> Object value(TpchColumn<E> column, E entity) {
    return switch (column.getType().getBase()) {
      case IDENTIFIER -> column.getIdentifier(entity);
      case INTEGER -> column.getInteger(entity);
      case DATE -> LocalDate.ofEpochDay(column.getDate(entity));
      case DOUBLE -> BigDecimal.valueOf(Math.round(column.getDouble(entity) * 100), 2);
      case VARCHAR -> column.getString(entity);
    };
  }

  @Test
  void addressesAndCommentsAreDuckDbs() {
    List<String> columns = List.of("s_address", "s_phone", "s_comment");
    List<List<Object>> suppliers = read(TpchTables.open("supplier", new TpchScale(0.01)), columns);
    assertEquals(
        List.of(
            "w5yO 0yjXou 8I4ffzADq,R8tD06x1vbeMpLJF2",
            "17-281-345-4863",
            "ainst the blithely ironic packages poach at the regul"),
        suppliers.get(76));
    assertEquals(
        List.of(
            "iZLKKWaQADe",
            "29-903-665-7065",
            " foxes boost after the carefully silent asymptotes. slyl"),
        suppliers.get(85));
    List<List<Object>> customers =
        read(TpchTables.open("customer", new TpchScale(0.01)), List.of("c_comment", "c_address"));
    assertEquals(
        List.of("oys. furiously silent pinto beans", "jhLZlG1fRiSE0 wDLOCguVB96dH6a5"),
        customers.get(678));
    assertEquals("gLo85h4Cst5ckn40ZKR6403KjW26YCWAFZsq d", customers.get(1200).get(1));
  }

  @Test
  void aColumnMayBeginAtAnyRow() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    int first = 1 + random.nextInt(2000);
    for (String table : TpchTables.NAMES) {
      int start = table.equals("nation") || table.equals("region") ? first % 4 : first;
      for (TpchTables.Column column : TpchTables.columns(table, new TpchScale(1))) {
        List<List<Object>> whole = values(column, 0, start + 1);
        assertEquals(
            whole.subList(start, start + 1),
            values(column, start, 1),
            () -> column.name() + ", seed " + seed);
      }
    }
  }

  /** What {@code count} base rows append, each for as many rows as lineitem has at least: one. */
  private List<List<Object>> values(TpchTables.Column column, int first, int count) {
    ColumnSource source = column.source().apply(first);
    try (ColumnBuilder builder = ColumnBuilder.of(column.type(), scope, count)) {
      for (int row = first; row < first + count; row++) {
        source.append(row, 1, builder);
      }
      try (Batch batch = new Batch(count, List.of(builder.build()))) {
        return objects(batch);
      }
    }
  }

  @Test
  void partsAreTheWhole() {
    Table table = TpchTables.open("lineitem", new TpchScale(0.1));
    ScanRequest request = request(table, List.of("l_orderkey", "l_linenumber", "l_shipdate"));
    assertTrue(table.splits(request).size() > 5);
    Map<Long, Integer> linesOfOrder = new TreeMap<>();
    long rows = 0;
    for (List<Object> row : read(table, request.columns())) {
      assertEquals(row.get(1), linesOfOrder.merge((Long) row.get(0), 1, Integer::sum));
      rows++;
    }
    assertEquals(150_000, linesOfOrder.size());
    assertEquals(table.advance(table.start(), 1).rows(), rows);
    assertEquals(600_572, rows);
  }

  @Test
  void scalesOfSchemaNames() {
    TpchSchemaProvider provider = new TpchSchemaProvider();
    assertNotNull(provider.find("sf0_01", "NATION"));
    assertNull(provider.find("sf0", "nation"));
    assertNull(provider.find("sf30000", "nation"));
    assertNull(provider.find("sf1", "nations"));
    for (String name : TpchTables.NAMES) {
      Table table = TpchTables.open(name, new TpchScale(0.000001));
      assertTrue(
          !read(table, table.schema().getFields().stream().map(Field::getName).toList()).isEmpty());
    }
  }

  private static ScanRequest request(Table table, List<String> columns) {
    return new ScanRequest(columns, table.start(), table.end(), List.of(), -1);
  }

  private List<List<Object>> read(Table table, List<String> columns) {
    ScanRequest request = request(table, columns);
    List<List<Object>> rows = new ArrayList<>();
    for (Split split : table.splits(request)) {
      try (BatchReader reader = table.open(split, request, scope)) {
        for (Batch next = reader.next(); next != null; next = reader.next()) {
          try (Batch batch = next) {
            rows.addAll(objects(batch));
          }
        }
      }
    }
    return rows;
  }

  private static List<List<Object>> objects(Batch batch) {
    List<List<Object>> rows = new ArrayList<>();
    Batches.toRows(batch).forEach(row -> rows.add(new ArrayList<>(row)));
    return rows;
  }
}
