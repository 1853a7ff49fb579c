package dev.tidemill.connectors.jdbc;

import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.catalog.OptionReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a table's WITH says.
 *
 * @param url of the database; may hold secrets, so it is shown through {@link Database} only
 * @param table the target's name, as it was written
 * @param user or null where the URL says it, or nothing is needed
 * @param password or null
 * @param driverJar path of a jar (or several, apart by commas) with the driver, or null for the
 *     class path
 * @param createTable whether a missing target is created
 * @param stepsTable name of the table with the numbers of steps
 * @param fetchRows rows that the driver holds at a time
 * @param maxRetries how often a failure that may pass is retried
 * @param timeoutSeconds after which an answer of the database no longer comes
 * @param partitionColumn an integer column by which reading is split, or null
 * @param partitions how many parts, or 0 for as many as threads can use
 */
record JdbcOptions(
    String url,
    String table,
    @Nullable String user,
    @Nullable String password,
    @Nullable String driverJar,
    boolean createTable,
    String stepsTable,
    int fetchRows,
    int maxRetries,
    int timeoutSeconds,
    @Nullable String partitionColumn,
    int partitions) {
  private static final int MOST = 1_000_000;

  static final List<ConnectorOption> KNOWN =
      List.of(
          new ConnectorOption(
              "url",
              true,
              "of the database, as its driver has it: jdbc:postgresql://HOST/DATABASE"),
          new ConnectorOption("table", true, "the table there, with or without its schema"),
          new ConnectorOption("user", false, "who connects"),
          new ConnectorOption("password", false, "best as ${env:NAME}"),
          new ConnectorOption(
              "driver_jar",
              false,
              "the jar with the driver; by default that of PostgreSQL, and what the class path has"),
          new ConnectorOption(
              "create_table", false, "whether a missing table is created there: false by default"),
          new ConnectorOption(
              "steps_table",
              false,
              "the table there that holds the numbers of committed steps: tidemill_steps by default"),
          new ConnectorOption(
              "fetch_rows",
              false,
              "the most rows that are fetched at a time: 4096 by default, fewer of wide ones"),
          new ConnectorOption(
              "max_retries",
              false,
              "how often a failure that may pass (a lost connection, a deadlock) is retried at once, after 0.1 s, 0.2 s and so on:"
                  + " 3 by default"),
          new ConnectorOption(
              "timeout_seconds",
              false,
              "how long an answer of the database may take: 300 by default"),
          new ConnectorOption(
              "partition_column",
              false,
              "an integer column by whose ranges it is read in parallel"),
          new ConnectorOption(
              "partitions", false, "in how many ranges; as many as threads can use by default"));

  static JdbcOptions read(OptionReader options) {
    JdbcOptions read =
        new JdbcOptions(
            options.required("url"),
            options.required("table"),
            options.text("user"),
            options.text("password"),
            options.text("driver_jar"),
            options.flag("create_table", false),
            options.text("steps_table", "tidemill_steps"),
            number(options, "fetch_rows", 4096, 1),
            number(options, "max_retries", 3, 0),
            number(options, "timeout_seconds", 300, 1),
            options.text("partition_column"),
            number(options, "partitions", 0, 1));
    options.checkAllKnown();
    if (read.partitions > 0 && read.partitionColumn == null) {
      throw JdbcErrors.partitionsWithoutColumn();
    }
    return read;
  }

  private static int number(OptionReader options, String name, int otherwise, int least) {
    return (int) Math.min(MOST, options.number(name, otherwise, least));
  }
}
