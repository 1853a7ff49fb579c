package dev.tidemill.tpch.stream;

import dev.tidemill.engine.Session;
import dev.tidemill.tpch.Answers;
import dev.tidemill.tpch.TpchData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * TPC-H's tables as changelogs, a file a step. A row's place, from 0 to 99,999, follows from the
 * key that its order, part, customer or supplier has, so that the lines of an order come together:
 *
 * <pre>
 *   0        deleted        updated                  90,000    inserted              100,000
 *   |--------|------------->|----------->            |-------->|                     |
 *   |                        loaded                  |            comes later        |
 * </pre>
 *
 * <p>Nation and region do not change.
 */
public final class ChangeFiles {
  public static final int PLACES = 100_000;

  private static final int LOADED = 90_000;
  private static final int UPDATED_FROM = 45_000;

  /** The changing tables: what tells a row's place, its key, and a column that updates raise. */
  private static final Map<String, Changing> TABLES =
      Map.of(
          "supplier", new Changing("s_suppkey", "s_suppkey", "s_acctbal"),
          "customer", new Changing("c_custkey", "c_custkey", "c_acctbal"),
          "part", new Changing("p_partkey", "p_partkey", "p_retailprice"),
          "partsupp", new Changing("ps_partkey", "ps_partkey, ps_suppkey", "ps_supplycost"),
          "orders", new Changing("o_orderkey", "o_orderkey", "o_totalprice"),
          "lineitem", new Changing("l_orderkey", "l_orderkey, l_linenumber", "l_quantity"));

  private record Changing(String place, String key, String raised) {}

  private final Session session;
  private final Path directory;
  private final long seed;
  private int step;
  private int deleted;
  private int updated = UPDATED_FROM;
  private int inserted = LOADED;

  /**
   * @param session whose unqualified names mean the tables
   * @param directory where {@code TABLE/STEP.parquet} are written, absolute
   * @param seed which rows are where
   */
  public ChangeFiles(Session session, Path directory, long seed) {
    this.session = session;
    this.directory = directory;
    this.seed = Math.floorMod(seed, PLACES);
  }

  /** Writes the rows that are there at the beginning. */
  public void load() throws IOException {
    for (String table : TpchData.TABLES) {
      write(
          table,
          List.of(
              TABLES.containsKey(table)
                  ? rows(table, "+I", 0, LOADED, 0)
                  : "SELECT * FROM " + table));
    }
  }

  /**
   * Writes the next step: of all rows {@code places} of 100,000 come, a third as many go or change.
   */
  public void next(int places) throws IOException {
    step++;
    int others = Math.max(1, places / 3);
    int insertedTo = Math.min(PLACES, inserted + places);
    int deletedTo = Math.min(UPDATED_FROM, deleted + others);
    int updatedTo = Math.min(LOADED, updated + others);
    for (String table : TpchData.TABLES) {
      if (TABLES.containsKey(table)) {
        write(
            table,
            List.of(
                rows(table, "+I", inserted, insertedTo, 0),
                rows(table, "-D", deleted, deletedTo, 0),
                rows(table, "-U", updated, updatedTo, 0),
                rows(table, "+U", updated, updatedTo, 1)));
      }
    }
    inserted = insertedTo;
    deleted = deletedTo;
    updated = updatedTo;
  }

  private String rows(String table, String operation, int from, int to, int raise) {
    Changing changing = Objects.requireNonNull(TABLES.get(table));
    String columns =
        columns(table).stream()
            .map(Column::name)
            .map(
                name ->
                    raise > 0 && name.equals(changing.raised)
                        ? "CAST(%s + %d AS DECIMAL(15, 2)) AS %s".formatted(name, raise, name)
                        : name)
            .collect(Collectors.joining(", "));
    String place = "MOD(%s * 7919 + %d, %d)".formatted(changing.place, seed, PLACES);
    return "SELECT '%s' AS op, %s FROM %s WHERE %s >= %d AND %s < %d"
        .formatted(operation, columns, table, place, from, place, to);
  }

  private void write(String table, List<String> parts) throws IOException {
    Path file = directory.resolve(table).resolve("%05d.parquet".formatted(step));
    Files.createDirectories(file.getParent());
    session.execute("COPY (%s) TO '%s'".formatted(String.join(" UNION ALL ", parts), file)).close();
  }

  private record Column(String name, String type) {}

  private List<Column> columns(String table) {
    List<Column> columns = new ArrayList<>();
    try (var described = session.execute("DESCRIBE " + table)) {
      for (List<?> row : Answers.rows(described)) {
        columns.add(new Column(String.valueOf(row.get(0)), String.valueOf(row.get(1))));
      }
    }
    return columns;
  }

  /**
   * Lets the unqualified names of a session mean the changelogs, and nation and region.
   *
   * @param from where these files, or links to them, are
   */
  public void createTables(Session of, Path from) {
    for (String table : TpchData.TABLES) {
      Changing changing = TABLES.get(table);
      if (changing == null) {
        of.execute(
                "CREATE TABLE %s WITH ('connector' = 'files', 'path' = '%s', 'format' = 'parquet', 'static' = 'true')"
                    .formatted(table, from.resolve(table)))
            .close();
      } else {
        String columns =
            columns(table).stream()
                .map(column -> column.name + " " + column.type)
                .collect(Collectors.joining(", "));
        of.execute(
                """
                CREATE TABLE %s (%s, PRIMARY KEY (%s))
                WITH ('connector' = 'files', 'path' = '%s', 'format' = 'parquet', 'order_by' = 'name',
                      'op_column' = 'op', 'before' = 'full')
                """
                    .formatted(table, columns, changing.key, from.resolve(table)))
            .close();
      }
    }
  }
}
