package dev.tidemill.benchmarks.killtest;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands between files and systems outside: orders go into a topic, from there into another,
 * by key, and into a table of a database, as files do.
 */
final class RemoteTables {
  private static final String ORDERS = "SELECT id, customer, amount FROM orders";
  private static final String TOTALS =
      "SELECT customer, COUNT(*) AS n, SUM(amount) AS amount FROM %s GROUP BY customer";
  private static final String COLUMNS =
      "customer BIGINT NOT NULL, n BIGINT, amount DECIMAL(38, 2), PRIMARY KEY (customer) NOT ENFORCED";

  private final List<String> script = new ArrayList<>();
  private final List<Leg.Check> checks = new ArrayList<>();

  /**
   * @param run what topics and tables of this run are called by
   */
  RemoteTables(@Nullable String jdbc, @Nullable String kafka, String run) {
    if (kafka != null) {
      topics(kafka, run);
    }
    if (jdbc != null) {
      script.add(table("db_totals", COLUMNS, jdbc(jdbc, run + "_totals")));
      script.add(query("q_db_totals", "db_totals", "UPDATE", TOTALS.formatted("orders")));
      check("files to a database, UPDATE", "SELECT * FROM db_totals");
    }
    if (jdbc != null && kafka != null) {
      script.add(table("db_through", COLUMNS, jdbc(jdbc, run + "_through")));
      script.add(query("q_db_through", "db_through", "UPDATE", TOTALS.formatted("topic_orders")));
      check("Kafka to a database, UPDATE", "SELECT * FROM db_through");
    }
  }

  private void topics(String servers, String run) {
    String orders = topic(servers, run + "_orders", "");
    String totals = topic(servers, run + "_totals", "");
    String changes = topic(servers, run + "_totals", ", 'offset_column' = 'place'");
    script.add(table("topic_orders", "id BIGINT, customer BIGINT, amount DECIMAL(18, 2)", orders));
    script.add(table("topic_totals", COLUMNS, totals));
    script.add(query("q_topic_orders", "topic_orders", "APPEND", ORDERS));
    script.add(query("q_topic_totals", "topic_totals", "UPDATE", TOTALS.formatted("topic_orders")));
    script.add(
        table(
            "topic_changes",
            "customer BIGINT, n BIGINT, amount DECIMAL(38, 2), place BIGINT",
            changes));
    script.add(
        "CREATE STANDING QUERY from_topic OUTPUT MODE UPDATE AS "
            + TOTALS.formatted("topic_orders"));
    checks.add(new Leg.Check("files to Kafka, APPEND", "SELECT * FROM topic_orders", ORDERS));
    check("Kafka to a kept result, UPDATE", "SELECT * FROM from_topic");
    check(
        "Kafka to Kafka, UPDATE",
        "SELECT customer, n, amount FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY customer"
            + " ORDER BY place DESC) AS r FROM topic_changes) WHERE r = 1");
  }

  private void check(String name, String actual) {
    checks.add(new Leg.Check(name, actual, TOTALS.formatted("orders")));
  }

  private static String topic(String servers, String topic, String more) {
    return "'connector' = 'kafka', 'bootstrap_servers' = '%s', 'topic' = '%s', 'format' = 'json'%s"
        .formatted(servers, topic, more);
  }

  private static String jdbc(String options, String table) {
    return "'connector' = 'jdbc', %s, 'table' = '%s', 'create_table' = 'true'"
        .formatted(options, table);
  }

  private static String table(String name, String columns, String options) {
    return "CREATE TABLE IF NOT EXISTS %s (%s) WITH (%s)".formatted(name, columns, options);
  }

  private static String query(String name, String sink, String mode, String sql) {
    return "CREATE STANDING QUERY %s INTO %s OUTPUT MODE %s AS %s".formatted(name, sink, mode, sql);
  }

  List<String> script() {
    return script;
  }

  List<Leg.Check> checks() {
    return checks;
  }
}
