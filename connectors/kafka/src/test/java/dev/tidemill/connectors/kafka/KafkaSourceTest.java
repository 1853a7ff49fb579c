package dev.tidemill.connectors.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading topics of a real broker. */
class KafkaSourceTest {
  private static Broker broker;

  @TempDir Path directory;

  @BeforeAll
  static void start(@TempDir Path files) {
    broker = Broker.start(files);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static String table(String name, String columns, String more) {
    return "CREATE TABLE %s (%s) WITH ('connector'='kafka','topic'='%s','bootstrap_servers'='%s','timeout_millis'='60000','discovery_millis'='0'%s)"
        .formatted(name, columns, name, broker.servers(), more);
  }

  private static String[] numbers(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> "{\"id\":%d,\"v\":%d}".formatted(i, i % 7))
        .toArray(String[]::new);
  }

  private Database open() {
    return new Database(directory.resolve("db"));
  }

  @Test
  void batchQueriesReadWhatIsCommitted() {
    broker.create("plain", 3);
    broker.send("plain", 0, numbers(0, 1000));
    broker.send("plain", 2, numbers(1000, 1500));
    broker.sendAborted("plain", 2, "{\"id\":-1}", "not even JSON");
    broker.send("plain", 1, numbers(1500, 1501));
    try (Database database = open();
        KafkaProducer<String, String> pending = broker.transactional("pending")) {
      pending.beginTransaction();
      pending.send(new ProducerRecord<>("plain", 0, null, "{\"id\":-2}"));
      pending.flush();
      database.run(table("plain", "id BIGINT NOT NULL, v INTEGER", ""));
      String sums = "SELECT COUNT(*), SUM(id), MAX(v) FROM plain";
      for (int i = 0; i < 3; i++) {
        assertEquals(
            List.of("1501\t1125750\t6"),
            database.rows(sums),
            "of " + broker.read("plain").size() + " records");
      }
      assertEquals(List.of("1501\t1125750\t6"), database.rows(sums));
      pending.abortTransaction();
      assertEquals(List.of("1501\t1125750\t6"), database.rows(sums));
    }
  }

  @Test
  void stepsTakeExactlyTheirRowsAndNewPartitions() {
    broker.create("steps", 2);
    broker.send("steps", 0, numbers(0, 25));
    broker.sendAborted("steps", 1, "{\"id\":-1}");
    broker.send("steps", 1, numbers(25, 40));
    try (Database database = open()) {
      database.run(
          table("steps", "id BIGINT NOT NULL, v INTEGER", ""),
          "CREATE STANDING QUERY q WITH ('max_rows_per_step'='10') AS SELECT v, COUNT(*) AS n, SUM(id) AS s FROM steps GROUP BY v");
      for (int step = 1; step <= 4; step++) {
        database.step("q");
        assertEquals(10L * step, database.session().progress("q").rowsIn());
        database.run("VERIFY q");
      }
      broker.addPartitions("steps", 3);
      broker.send("steps", 2, numbers(40, 43));
      broker.sendAborted("steps", 0, "{\"id\":-1}");
      database.step("q");
      assertEquals(43, database.session().progress("q").rowsIn());
      database.reopen();
      broker.send("steps", 1, numbers(43, 50));
      database.step("q");
      assertEquals(50, database.session().progress("q").rowsIn());
      database.run("VERIFY q");
      assertEquals(
          database.sorted("SELECT v, COUNT(*), SUM(id) FROM steps GROUP BY v"),
          database.sorted("SELECT * FROM q"));
    }
  }

  @Test
  void aStepTakesTheOldestRecordsOfAllPartitions() {
    broker.create("times", 2);
    for (int i = 0; i < 10; i++) {
      broker.sendKeyed("times", 0, 1_000 + 20 * i, "a", "{\"id\":%d}".formatted(2 * i));
      broker.sendKeyed("times", 1, 1_010 + 20 * i, "b", "{\"id\":%d}".formatted(2 * i + 1));
    }
    try (Database database = open()) {
      database.run(
          table(
              "times",
              "k VARCHAR, id BIGINT, p INTEGER NOT NULL, o BIGINT NOT NULL, at TIMESTAMP(3)",
              ",'key_column'='k','partition_column'='p','offset_column'='o','timestamp_column'='at'"),
          "CREATE STANDING QUERY q WITH ('max_rows_per_step'='6') AS SELECT * FROM times");
      database.step("q");
      assertEquals(
          List.of("0", "1", "2", "3", "4", "5"), database.rows("SELECT id FROM q ORDER BY id"));
      assertEquals(
          List.of("b\t1\t1\t0\t1970-01-01 00:00:01.010"),
          database.rows("SELECT * FROM q WHERE id = 1"));
      assertEquals(List.of("10", "10"), database.rows("SELECT COUNT(*) FROM times GROUP BY p"));
    }
  }

  @Test
  void whatRetentionRemovedIsAnErrorAndANewQueryBeginsBehindIt() {
    broker.create("kept", 1);
    broker.send("kept", 0, numbers(0, 10));
    try (Database database = open()) {
      database.run(
          table("kept", "id BIGINT NOT NULL, v INTEGER", ""),
          "CREATE STANDING QUERY q WITH ('max_rows_per_step'='3') AS SELECT id FROM kept");
      database.step("q");
      broker.deleteBefore("kept", 0, 5);
      TidemillException verified =
          assertThrows(TidemillException.class, () -> database.run("VERIFY q"));
      assertEquals("RECORDS_GONE", verified.code().name());
      database.reopen();
      TidemillException gone = assertThrows(TidemillException.class, () -> database.step("q"));
      assertEquals("RECORDS_GONE", gone.code().name());
      assertTrue(gone.getMessage().contains("kept-0 from offset 3 on"), gone.getMessage());
      assertEquals(List.of("5"), database.rows("SELECT COUNT(*) FROM kept"));
      database.run("DROP QUERY q", "CREATE STANDING QUERY q2 AS SELECT id FROM kept");
      database.step("q2");
      assertEquals(List.of("5\t9"), database.rows("SELECT COUNT(*), MAX(id) FROM q2"));
      database.run("VERIFY q2");
    }
  }

  @Test
  void aTopicCreatedAnewIsAnError() {
    broker.create("again", 1);
    broker.send("again", 0, numbers(0, 3));
    try (Database database = open()) {
      database.run(
          table("again", "id BIGINT NOT NULL, v INTEGER", ""),
          "CREATE STANDING QUERY q AS SELECT id FROM again");
      database.step("q");
      broker.delete("again");
      broker.create("again", 1);
      broker.send("again", 0, numbers(0, 5));
      TidemillException replaced = assertThrows(TidemillException.class, () -> database.step("q"));
      assertEquals("TABLE_REPLACED", replaced.code().name());
      assertEquals(List.of("5"), database.rows("SELECT COUNT(*) FROM again"));
    }
  }

  @Test
  void startSaysWhereRowsBegin() {
    broker.create("begun", 2);
    for (int i = 0; i < 10; i++) {
      broker.sendKeyed("begun", i % 2, 1_767_225_600_000L + i * 1000, "k", "{\"id\":" + i + "}");
    }
    try (Database database = open()) {
      for (String start : List.of("latest", "2026-01-01 00:00:07", "0:3,1:4", "earliest")) {
        String name = "begun_" + start.replaceAll("[^a-z0-9]", "_");
        database.run(
            "CREATE TABLE %s (id BIGINT) WITH ('connector'='kafka','topic'='begun','bootstrap_servers'='%s','timeout_millis'='60000','start'='%s')"
                .formatted(name, broker.servers(), start));
      }
      broker.send("begun", 0, "{\"id\":100}");
      String ids = "SELECT LISTAGG(CAST(id AS VARCHAR), ',') WITHIN GROUP (ORDER BY id) FROM ";
      assertEquals(List.of("100"), database.rows(ids + "begun_latest"));
      assertEquals(List.of("7,8,9,100"), database.rows(ids + "begun_2026_01_01_00_00_07"));
      assertEquals(List.of("6,8,9,100"), database.rows(ids + "begun_0_3_1_4"));
      database.reopen();
      broker.send("begun", 1, "{\"id\":101}");
      assertEquals(List.of("100,101"), database.rows(ids + "begun_latest"));
      assertEquals(List.of("12"), database.rows("SELECT COUNT(*) FROM begun_earliest"));
    }
  }

  @Test
  void formatsAndBadRecords() {
    broker.create("bad", 1);
    broker.send("bad", 0, "1,a", "x,b", "3,\"c,d\"", "4", "");
    try (Database database = open()) {
      database.run(
          table("bad", "id BIGINT, name VARCHAR", ",'format'='csv'"),
          "CREATE TABLE skipped (id BIGINT, name VARCHAR) WITH ('connector'='kafka','topic'='bad','bootstrap_servers'='%s','timeout_millis'='60000','format'='csv','on_error'='skip')"
              .formatted(broker.servers()));
      TidemillException bad =
          assertThrows(TidemillException.class, () -> database.run("SELECT * FROM bad"));
      assertEquals("MALFORMED_ROW", bad.code().name());
      assertTrue(
          bad.getMessage().startsWith("topic partition bad-0, offset 1, column id:"),
          bad.getMessage());
      assertEquals(List.of("1\ta", "3\tc,d"), database.sorted("SELECT * FROM skipped"));
      assertEquals(
          List.of("bad-0\t1\tid", "bad-0\t3\t", "bad-0\t4\t"),
          database.rows(
              "SELECT \"partition\", \"offset\", COALESCE(\"column\", '') FROM \"skipped$rejected\""));
    }
  }

  @Test
  void debeziumKeepsTheLastRowPerKey() {
    broker.create("people", 1);
    broker.send(
        "people",
        0,
        "{\"op\":\"c\",\"after\":{\"id\":1,\"name\":\"a\"}}",
        "{\"op\":\"c\",\"after\":{\"id\":2,\"name\":\"b\"}}",
        "{\"payload\":{\"op\":\"u\",\"before\":null,\"after\":{\"id\":1,\"name\":\"c\"}}}",
        "{\"op\":\"d\",\"before\":{\"id\":2}}");
    broker.sendKeyed("people", 0, 1, "2", null);
    try (Database database = open()) {
      database.run(
          table("people", "id BIGINT, name VARCHAR, PRIMARY KEY (id)", ",'format'='debezium-json'"),
          "CREATE STANDING QUERY q WITH ('max_rows_per_step'='1') AS SELECT COUNT(*) AS n, MAX(name) AS m FROM people");
      assertEquals(List.of("1\tc"), database.rows("SELECT * FROM people"));
      List<String> seen = new java.util.ArrayList<>();
      for (int i = 0; i < 5; i++) {
        database.step("q");
        seen.addAll(database.rows("SELECT * FROM q"));
      }
      assertEquals(List.of("1\ta", "2\tb", "2\tc", "1\tc", "1\tc"), seen);
    }
  }

  @Test
  void whatIsWrongIsSaidSoon() {
    try (Database database = open()) {
      int port = Broker.freePort();
      long begun = System.nanoTime();
      TidemillException gone =
          assertThrows(
              TidemillException.class,
              () ->
                  database.run(
                      "CREATE TABLE t (id BIGINT) WITH ('connector'='kafka','topic'='t','bootstrap_servers'='127.0.0.1:%d','timeout_millis'='1000')"
                          .formatted(port)));
      assertEquals("KAFKA_UNREACHABLE", gone.code().name());
      assertEquals(ErrorKind.EXTERNAL, gone.kind());
      assertTrue(gone.getMessage().contains("127.0.0.1:" + port), gone.getMessage());
      assertTrue(System.nanoTime() - begun < 10_000_000_000L);
      Map<String, String> wrong =
          Map.of(
              table("nowhere", "id BIGINT", ""), "TOPIC_NOT_FOUND",
              table("t", "id BIGINT", ",'format'='parquet'"), "INVALID_OPTION",
              table("t", "id BIGINT", ",'start'='sometime'"), "INVALID_OPTION",
              table("t", "id BIGINT", ",'strat'='latest'"), "UNKNOWN_OPTION",
              table("t", "id BIGINT", ",'properties.group.id'='g'"), "INVALID_OPTION",
              table("t", "id BIGINT", ",'properties.security.protocol'='NONE'"), "INVALID_OPTION",
              table("t", "id BIGINT", ",'offset_column'='id2'"), "KAFKA_DEFINITION",
              table("t", "id BIGINT, PRIMARY KEY (id)", ""), "UNSUPPORTED_KAFKA",
              table("t", "id BIGINT", ",'properties.sasl.jaas.config'='${env:NOT_SET_HERE}'"),
                  "ENVIRONMENT_VARIABLE_MISSING");
      wrong.forEach(
          (sql, code) -> {
            TidemillException refused =
                assertThrows(TidemillException.class, () -> database.run(sql), sql);
            assertEquals(code, refused.code().name(), refused.getMessage());
          });
    }
  }
}
