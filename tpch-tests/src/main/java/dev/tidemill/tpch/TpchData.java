package dev.tidemill.tpch;

import dev.tidemill.engine.Result;
import dev.tidemill.engine.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** TPC-H's tables, made on the fly or as Parquet files, one a table. */
public final class TpchData {
  public static final List<String> TABLES =
      List.of("region", "nation", "supplier", "customer", "part", "partsupp", "orders", "lineitem");

  private TpchData() {}

  /**
   * The schema of the catalog {@code tpch} that has the tables at a scale factor: {@code sf0_01}
   * for 0.01.
   */
  public static String schema(String scale) {
    return "sf" + scale.replace('.', '_');
  }

  /**
   * Writes one table as {@code DIRECTORY/TABLE.parquet}.
   *
   * @return its rows
   */
  public static long generate(Session session, String scale, String table, Path directory)
      throws IOException {
    Files.createDirectories(directory);
    String file = directory.resolve(table + ".parquet").toString().replace("'", "''");
    String sql = "COPY (SELECT * FROM tpch.%s.%s) TO '%s'".formatted(schema(scale), table, file);
    try (Result result = session.execute(sql)) {
      return result.updateCount();
    }
  }

  /** Lets the session's unqualified names mean the generated tables. */
  public static void useCatalog(Session session, String scale) {
    session.execute("USE tpch." + schema(scale)).close();
  }

  /**
   * Lets the session's unqualified names mean the files of a directory that {@link #generate}
   * wrote.
   */
  public static void useFiles(Session session, Path directory) {
    for (String table : TABLES) {
      session.execute(table(table, directory)).close();
    }
  }

  /** The statements, each with its semicolon, that {@link #useFiles} executes. */
  public static String tables(Path directory) {
    StringBuilder statements = new StringBuilder();
    for (String table : TABLES) {
      statements.append(table(table, directory)).append(";\n");
    }
    return statements.toString();
  }

  private static String table(String name, Path directory) {
    return "CREATE TABLE %s WITH ('connector' = 'files', 'path' = '%s', 'static' = 'true')"
        .formatted(name, directory.resolve(name + ".parquet").toString().replace("'", "''"));
  }
}
