package dev.tidemill.planner;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Types;
import dev.tidemill.sql.parser.StatementParser;
import dev.tidemill.sql.parser.statement.Statement;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.ConnectorContext;
import dev.tidemill.storage.catalog.Namespace;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.catalog.ViewDefinition;
import dev.tidemill.storage.file.LocalFileSystem;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableStatistics;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.calcite.sql.SqlNode;

/** A catalog of tables that have a schema and statistics, and no rows. */
final class TestTables {
  final Catalog catalog =
      new Catalog(
          new ConnectorContext(
              new LocalFileSystem(),
              Path.of("."),
              null,
              InstantSource.system(),
              new PrintStream(PrintStream.nullOutputStream()),
              MemoryScope.root("test", MemoryScope.UNLIMITED)));

  /**
   * A table; columns as {@code name TYPE [NOT NULL] [distinct=N] [min=N max=N]}, computed ones as
   * {@code name := sql}.
   */
  TestTables table(String name, double rows, String... columns) {
    List<Field> fields = new ArrayList<>();
    List<TableDefinition.ColumnDefinition> definitions = new ArrayList<>();
    Map<String, TableStatistics.ColumnStatistics> statistics = new HashMap<>();
    for (String column : columns) {
      if (column.contains(":=")) {
        String[] parts = column.split(":=", 2);
        definitions.add(
            new TableDefinition.ColumnDefinition(parts[0].strip(), null, true, parts[1].strip()));
        continue;
      }
      String[] distinct = column.split(" distinct=");
      boolean notNull = distinct[0].endsWith(" NOT NULL");
      String text = notNull ? distinct[0].substring(0, distinct[0].length() - 9) : distinct[0];
      int space = text.indexOf(' ');
      var type = Types.parse(text.substring(space + 1));
      fields.add(ArrowTypes.field(text.substring(0, space), type, !notNull));
      definitions.add(
          new TableDefinition.ColumnDefinition(text.substring(0, space), type, !notNull, null));
      double values = distinct.length > 1 ? Double.parseDouble(distinct[1].split(" ")[0]) : -1;
      Object min = null;
      Object max = null;
      if (distinct.length > 1 && distinct[1].contains(" from ")) {
        String[] range = distinct[1].split(" from ")[1].split(" to ");
        min =
            range[0].lastIndexOf('-') > 0
                ? LocalDate.parse(range[0])
                : (Object) Double.valueOf(range[0]);
        max =
            range[1].lastIndexOf('-') > 0
                ? LocalDate.parse(range[1])
                : (Object) Double.valueOf(range[1]);
      }
      statistics.put(
          text.substring(0, space), new TableStatistics.ColumnStatistics(min, max, 0, values, -1));
    }
    TableDefinition definition =
        new TableDefinition(
            name, definitions, null, List.of(), false, Map.of(), "CREATE TABLE " + name);
    catalog.register(
        definition,
        new EmptyTable(new Schema(fields), new TableStatistics(rows, rows * 100, statistics)));
    return this;
  }

  TestTables view(String name, String query) {
    catalog.createView(
        new ViewDefinition(
            name,
            List.of(),
            query,
            Namespace.DEFAULT,
            "CREATE VIEW " + name + " AS " + query,
            null),
        false,
        false);
    return this;
  }

  PlannerSession session() {
    return PlannerSession.of(catalog, Namespace.DEFAULT);
  }

  PlannedQuery plan(String sql) {
    return Planner.plan(query(sql), session());
  }

  static SqlNode query(String sql) {
    return ((Statement.Query) StatementParser.parse(sql).statement()).query().node();
  }

  private record EmptyTable(Schema schema, TableStatistics statistics) implements Table {
    private static final Offset START = new Offset("0");

    @Override
    public InputKind inputKind() {
      return InputKind.STATIC;
    }

    @Override
    public Offset start() {
      return START;
    }

    @Override
    public Offset end() {
      return START;
    }

    @Override
    public Advance advance(Offset from, long maxRows) {
      return new Advance(START, 0, true, true);
    }

    @Override
    public List<Split> splits(ScanRequest request) {
      return List.of();
    }

    @Override
    public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
      throw new IllegalStateException("no splits");
    }
  }
}
