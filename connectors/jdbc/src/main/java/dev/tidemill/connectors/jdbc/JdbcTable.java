package dev.tidemill.connectors.jdbc;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.FilterSupport;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableSink;
import dev.tidemill.storage.table.TableStatistics;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A table of a database. To queries it is static: each reads it as it is then, a standing one once.
 * It can be written in every mode; in UPDATE by its key.
 *
 * <p>Conditions, columns and limits become part of the SELECT where the database does with them
 * exactly what the engine does, or lets through some rows more.
 */
final class JdbcTable implements Table {
  private static final Offset NOTHING = new Offset("0");
  private static final Offset EVERYTHING = new Offset("1");

  private final Database database;
  private final JdbcOptions options;
  private final Target target;
  private final Schema schema;
  private final StatisticsReader statistics;

  JdbcTable(Database database, JdbcOptions options, Target target) {
    this.database = database;
    this.options = options;
    this.target = target;
    this.schema = target.schema();
    this.statistics = new StatisticsReader(database, target);
    String partitioned = options.partitionColumn();
    if (partitioned != null) {
      requireIntegers(partitioned);
    }
  }

  private void requireIntegers(String column) {
    int index = indexIgnoringCase(column);
    if (index < 0) {
      throw JdbcErrors.partitionColumn(column, "which the table has not");
    }
    if (!(target.columns().get(index).actual().type() instanceof Type.Int)) {
      throw JdbcErrors.partitionColumn(
          column, "which is " + target.columns().get(index).actual().typeName());
    }
  }

  private int indexIgnoringCase(String column) {
    for (int i = 0; i < target.columns().size(); i++) {
      if (target.columns().get(i).name().equalsIgnoreCase(column)) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public InputKind inputKind() {
    return InputKind.STATIC;
  }

  @Override
  public boolean replayable() {
    return false;
  }

  @Override
  public TableStatistics statistics() {
    return statistics.statistics();
  }

  @Override
  public FilterSupport support(ColumnFilter filter) {
    return ReadStatement.support(target, filter);
  }

  @Override
  public Offset start() {
    return NOTHING;
  }

  @Override
  public Offset end() {
    return EVERYTHING;
  }

  @Override
  public Advance advance(Offset from, long maxRows) {
    return new Advance(EVERYTHING, 0, true, true);
  }

  @Override
  public List<Split> splits(ScanRequest request) {
    return splits(request, 1);
  }

  @Override
  public List<Split> splits(ScanRequest request, int parts) {
    if (request.from().equals(request.to())) {
      return List.of();
    }
    String column = options.partitionColumn();
    int wanted = options.partitions() > 0 ? options.partitions() : parts;
    if (column == null || wanted <= 1 || request.limit() >= 0) {
      return List.of(JdbcSplit.WHOLE);
    }
    String name = target.columns().get(indexIgnoringCase(column)).actual().name();
    return database.call(
        "reading the bounds of " + column + " in",
        true,
        connection -> {
          String quoted = database.dialect().quoted(name);
          try (PreparedStatement bounds =
                  connection.prepareStatement(
                      "SELECT MIN(%s), MAX(%s) FROM %s".formatted(quoted, quoted, target.sql()));
              ResultSet row = bounds.executeQuery()) {
            boolean found = row.next() && row.getObject(1) != null;
            return found
                ? ranges(name, row.getLong(1), row.getLong(2), wanted)
                : List.of(JdbcSplit.WHOLE);
          }
        });
  }

  /** Ranges of about equal width; together they have every row, also those that came since. */
  private static List<Split> ranges(String column, long least, long greatest, int parts) {
    BigInteger low = BigInteger.valueOf(least);
    BigInteger width = BigInteger.valueOf(greatest).subtract(low).add(BigInteger.ONE);
    int count = width.min(BigInteger.valueOf(parts)).intValue();
    List<Split> splits = new ArrayList<>();
    Long from = null;
    for (int i = 1; i <= count; i++) {
      Long to =
          i == count
              ? null
              : low.add(width.multiply(BigInteger.valueOf(i)).divide(BigInteger.valueOf(count)))
                  .longValueExact();
      splits.add(new JdbcSplit(column, from, to, -1));
      from = to;
    }
    return splits;
  }

  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
    ReadStatement select =
        new ReadStatement(database.dialect(), target, request.columns())
            .where(request.filters())
            .within((JdbcSplit) split);
    return new JdbcReader(database, target, select, request.limit(), options.fetchRows(), scope);
  }

  @Override
  public Set<SinkMode> sinkModes() {
    return target.key().isEmpty()
        ? EnumSet.of(SinkMode.APPEND, SinkMode.COMPLETE)
        : EnumSet.allOf(SinkMode.class);
  }

  @Override
  public List<String> upsertKey() {
    return target.columns().stream()
        .filter(column -> target.key().contains(column.actual().name()))
        .map(JdbcColumn::name)
        .toList();
  }

  @Override
  public TableSink sink(String writer) {
    return new JdbcSink(database, options, target, writer);
  }
}
