package dev.tidemill.connectors.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.sql.parser.ParsedStatement;
import dev.tidemill.sql.parser.StatementParser;
import dev.tidemill.storage.catalog.ConnectorContext;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.file.LocalFileSystem;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.TableSink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writing topics of a real broker, exactly once. */
class KafkaSinkTest {
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
    return "CREATE TABLE %s (%s)".formatted(name, columns) + with(name, more);
  }

  private static String with(String topic, String more) {
    return " WITH ('connector'='kafka','topic'='%s','bootstrap_servers'='%s','timeout_millis'='60000'%s)"
        .formatted(topic, broker.servers(), more);
  }

  private static String[] numbers(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> "{\"id\":%d}".formatted(i))
        .toArray(String[]::new);
  }

  private static List<String> sortedTopic(String topic) {
    List<String> records = new ArrayList<>(broker.read(topic));
    Collections.sort(records);
    return records;
  }

  private Database open() {
    return new Database(directory.resolve("db"));
  }

  @Test
  void insertWritesOneTransaction() {
    broker.create("inserted", 1);
    try (Database database = open()) {
      database.run(
          table("inserted", "id BIGINT NOT NULL, name VARCHAR, PRIMARY KEY (id) NOT ENFORCED", ""),
          "INSERT INTO inserted VALUES (1, 'a'), (2, NULL)",
          "INSERT INTO inserted SELECT id + 2, name FROM inserted");
      assertEquals(
          List.of(
              "{\"id\":1} {\"id\":1,\"name\":\"a\"}",
              "{\"id\":2} {\"id\":2,\"name\":null}",
              "{\"id\":3} {\"id\":3,\"name\":\"a\"}",
              "{\"id\":4} {\"id\":4,\"name\":null}"),
          broker.read("inserted"));
      assertThrows(
          TidemillException.class,
          () -> database.run("INSERT INTO inserted SELECT 10 / (id - 3), name FROM inserted"));
      assertEquals(4, broker.read("inserted").size());
    }
  }

  @Test
  void fromTopicToTopicOverRestartsAndCrashes() throws IOException {
    broker.create("came", 2);
    broker.create("went", 2);
    List<String> expected = new ArrayList<>();
    try (Database database = open()) {
      database.run(
          table("came", "id BIGINT NOT NULL", ""),
          table("went", "id BIGINT NOT NULL, twice BIGINT", ""),
          "CREATE STANDING QUERY q INTO went OUTPUT MODE APPEND WITH ('max_rows_per_step'='7') AS SELECT id, 2 * id FROM came");
      for (int round = 0; round < 4; round++) {
        broker.send("came", round % 2, numbers(round * 10, round * 10 + 10));
        for (int id = round * 10; id < round * 10 + 10; id++) {
          expected.add("{\"id\":%d,\"twice\":%d}".formatted(id, 2 * id));
        }
        database.step("q");
        database.step("q");
        switch (round) {
          case 0 -> database.reopen();
          case 1 -> {
            Path image = database.image("crashed");
            cutLastCommit(image);
            database.goOnIn(image);
          }
          default -> {}
        }
      }
      Collections.sort(expected);
      assertEquals(expected, sortedTopic("went"));
    }
  }

  /**
   * Takes the last commit record from the step log: the crash came before it was written. Where the
   * last step was cut before, and none has come since, nothing is to be taken.
   */
  private static void cutLastCommit(Path database) throws IOException {
    Path log = database.resolve("standing/steps.log");
    String text = Files.readString(log, StandardCharsets.UTF_8);
    int commit = text.lastIndexOf('\n', text.length() - 2) + 1;
    if (text.substring(commit).contains("\"record\":\"commit\"")) {
      Files.writeString(log, text.substring(0, commit), StandardCharsets.UTF_8);
    }
  }

  @Test
  void updatesUpsertByKeyAndRemoveWithTombstones() {
    broker.create("orders", 1);
    broker.create("counts", 1);
    try (Database database = open()) {
      database.run(
          table("orders", "id BIGINT, name VARCHAR, PRIMARY KEY (id)", ",'format'='debezium-json'"),
          table("counts", "n BIGINT, name VARCHAR, PRIMARY KEY (name) NOT ENFORCED", ""),
          "CREATE STANDING QUERY q INTO counts OUTPUT MODE UPDATE AS SELECT COUNT(*) AS n, name FROM orders GROUP BY name");
      broker.send(
          "orders",
          0,
          "{\"op\":\"c\",\"after\":{\"id\":1,\"name\":\"a\"}}",
          "{\"op\":\"c\",\"after\":{\"id\":2,\"name\":\"b\"}}");
      database.step("q");
      broker.send("orders", 0, "{\"op\":\"u\",\"after\":{\"id\":2,\"name\":\"a\"}}");
      database.step("q");
      assertEquals(
          List.of(
              "{\"name\":\"a\"} {\"n\":1,\"name\":\"a\"}",
              "{\"name\":\"b\"} {\"n\":1,\"name\":\"b\"}",
              "{\"name\":\"b\"} null",
              "{\"name\":\"a\"} {\"n\":2,\"name\":\"a\"}"),
          broker.read("counts"));
      TidemillException complete =
          assertThrows(
              TidemillException.class,
              () ->
                  database.run(
                      "CREATE STANDING QUERY c INTO counts OUTPUT MODE COMPLETE AS SELECT COUNT(*) AS n, name FROM orders GROUP BY name"));
      assertTrue(complete.getMessage().contains("COMPLETE"), complete.getMessage());
      TidemillException other =
          assertThrows(
              TidemillException.class,
              () ->
                  database.run(
                      "CREATE STANDING QUERY k INTO counts OUTPUT MODE UPDATE AS SELECT id AS n, name FROM orders"));
      assertTrue(other.getMessage().contains("apart is (n)"), other.getMessage());
    }
  }

  /** What upserts and tombstones come to: the last value of each key. */
  private static List<String> lastByKey(String topic) {
    Map<String, String> last = new TreeMap<>();
    for (String record : broker.read(topic)) {
      String[] keyAndValue = record.split(" ", 2);
      if (keyAndValue[1].equals("null")) {
        last.remove(keyAndValue[0]);
      } else {
        last.put(keyAndValue[0], keyAndValue[1]);
      }
    }
    return last.values().stream().sorted().toList();
  }

  private static final String GROUPS =
      "SELECT v, COUNT(*) AS n, SUM(id) AS s FROM given GROUP BY v";

  private static final List<String> BY_KEY =
      List.of(
          GROUPS,
          GROUPS + " HAVING COUNT(*) > 2",
          GROUPS + " HAVING COUNT(*) < 4",
          "SELECT v, n * 2 AS n, s FROM (" + GROUPS + ") AS g",
          "SELECT v, COUNT(*) AS n, SUM(id) AS s FROM given WHERE id > 5 GROUP BY v",
          "SELECT v, COUNT(*) AS n, MAX(id) AS s FROM given GROUP BY v");

  /**
   * Replaced at random, with crashes before and after the broker had the step: the topic comes to
   * the batch result of the query that stands, no operation more than a key and step needs.
   */
  @Test
  void aQueryIsReplacedIntoItsOwnTopic() throws IOException {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    broker.create("given", 1);
    broker.create("kept", 1);
    int id = 0;
    try (Database database = open()) {
      database.run(
          "SET replace_confirmed = true",
          table("given", "id BIGINT NOT NULL, v INTEGER NOT NULL", ""),
          table(
              "kept", "v INTEGER NOT NULL, n BIGINT, s BIGINT, PRIMARY KEY (v) NOT ENFORCED", ""));
      for (int round = 0; round < 10; round++) {
        String when = "seed " + seed + " round " + round;
        String query = BY_KEY.get(random.nextInt(BY_KEY.size()));
        database.run("CREATE OR REPLACE STANDING QUERY q INTO kept OUTPUT MODE UPDATE AS " + query);
        for (int rows = random.nextInt(4); rows > 0; rows--) {
          broker.send("given", 0, "{\"id\":%d,\"v\":%d}".formatted(id++, random.nextInt(4)));
        }
        switch (random.nextInt(4)) {
          case 0 -> database.goOnIn(database.image("replaced" + round));
          case 1 -> {
            // the crash came when the broker had the step and the log did not say so
            database.step("q");
            Path image = database.image("stepped" + round);
            cutLastCommit(image);
            database.goOnIn(image);
          }
          default -> {}
        }
        database.run("SET replace_confirmed = true");
        database.step("q");
        assertEquals(
            database.rows(query).stream()
                .map(row -> row.split("\t"))
                .map(row -> "{\"v\":%s,\"n\":%s,\"s\":%s}".formatted((Object[]) row))
                .sorted()
                .toList(),
            lastByKey("kept"),
            when + " " + query);
        int records = broker.read("kept").size();
        database.step("q");
        assertEquals(records, broker.read("kept").size(), when + ": nothing is written again");
      }
    }
  }

  /** What was appended stays; the rest is of the new query, and no record comes twice. */
  @Test
  void anAppendingQueryIsReplacedIntoItsOwnTopic() throws IOException {
    broker.create("flow", 1);
    broker.create("appended", 1);
    try (Database database = open()) {
      database.run(
          "SET replace_confirmed = true",
          table("flow", "id BIGINT NOT NULL", ""),
          table("appended", "id BIGINT NOT NULL", ""),
          "CREATE STANDING QUERY q INTO appended OUTPUT MODE APPEND AS SELECT id FROM flow");
      broker.send("flow", 0, numbers(0, 3));
      database.step("q");
      database.run(
          "CREATE OR REPLACE STANDING QUERY q INTO appended OUTPUT MODE APPEND AS SELECT id * 10 AS id FROM flow");
      broker.send("flow", 0, numbers(3, 5));
      database.step("q");
      Path image = database.image("crashed");
      cutLastCommit(image);
      database.goOnIn(image);
      database.step("q");
      broker.send("flow", 0, numbers(5, 6));
      database.step("q");
      assertEquals(
          Stream.of(0, 1, 2, 30, 40, 50).map(i -> "{\"id\":%d}".formatted(i)).toList(),
          broker.read("appended"));
    }
  }

  @Test
  void avroIsWrittenAndReadBack() {
    broker.create("data", 1);
    String schema =
        """
        {"type":"record","name":"r","fields":[
          {"name":"id","type":"long"},
          {"name":"name","type":["null","string"],"default":null},
          {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}},
          {"name":"day","type":["null",{"type":"int","logicalType":"date"}]},
          {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
          {"name":"tags","type":{"type":"array","items":"string"}},
          {"name":"place","type":{"type":"record","name":"p","fields":[{"name":"x","type":"double"},{"name":"y","type":["null","int"]}]}},
          {"name":"more","type":"string","default":"none"}]}
        """;
    String options = ",'format'='avro','avro_schema'='" + schema + "'";
    try (Database database = open()) {
      database.run(
          table(
              "data",
              "id BIGINT NOT NULL, name VARCHAR, price DECIMAL(10, 2), day DATE, at TIMESTAMP(3), tags VARCHAR ARRAY, place ROW(x DOUBLE, y INTEGER)",
              options),
          "INSERT INTO data VALUES (1, 'a', 1.50, DATE '2026-01-02', TIMESTAMP '2026-01-02 03:04:05.678', ARRAY['s','t'], ROW(0.5, 7)),"
              + " (2, NULL, -3.25, NULL, TIMESTAMP '1969-12-31 23:59:59.999', ARRAY['u'], ROW(1.5, NULL))");
      assertEquals(
          List.of(
              "1\ta\t1.50\t2026-01-02\t2026-01-02 03:04:05.678\tt\t0.5\t7",
              "2\tNULL\t-3.25\tNULL\t1969-12-31 23:59:59.999\tNULL\t1.5\tNULL"),
          database.sorted("SELECT id, name, price, day, at, tags[2], place.x, place.y FROM data"));
      TidemillException nothing =
          assertThrows(
              TidemillException.class,
              () -> database.run("INSERT INTO data (id, name) VALUES (3, 'c')"));
      assertEquals("UNSUPPORTED_KAFKA", nothing.code().name(), nothing.getMessage());
      TidemillException wrong =
          assertThrows(
              TidemillException.class,
              () -> database.run("CREATE TABLE other (id INTEGER)" + with("data", options)));
      assertEquals("KAFKA_DEFINITION", wrong.code().name(), wrong.getMessage());
      broker.send("data", 0, "{}");
      database.run(
          "CREATE TABLE lenient (id BIGINT)" + with("data", options + ",'on_error'='skip'"));
      assertEquals(List.of("2"), database.rows("SELECT COUNT(*) FROM lenient"));
      assertEquals(
          List.of("data-0\t3"),
          database.rows("SELECT \"partition\", \"offset\" FROM \"lenient$rejected\""));
    }
  }

  /** The blocks of the guide's chapter and the example run as they stand, but for the servers. */
  @Test
  void whatTheGuideShowsRuns() throws IOException {
    broker.create("orders_shown", 2);
    broker.create("revenue_shown", 1);
    for (String sent :
        List.of(
            "{\"id\":1,\"item\":\"tea\",\"amount\":2.5}",
            "{\"id\":2,\"item\":\"tea\",\"amount\":4}")) {
      broker.send("orders_shown", 0, sent);
    }
    Path project =
        Path.of(System.getProperty("tidemill.project.directory", "../..")).toAbsolutePath();
    String guide = Files.readString(project.resolve("docs/guide/tables.md"));
    int start = guide.indexOf("```kafka\n") + "```kafka\n".length();
    String shown = guide.substring(start, guide.indexOf("```", start));
    String example = Files.readString(project.resolve("examples/kafka.sql"));
    int number = 0;
    for (String script : List.of(shown, example)) {
      try (Database database = new Database(directory.resolve("shown" + number++))) {
        for (ParsedStatement statement :
            StatementParser.parseScript(
                script
                    .replace("localhost:9092", broker.servers())
                    .replace("'topic' = 'orders'", "'topic' = 'orders_shown'")
                    .replace("'topic' = 'revenue'", "'topic' = 'revenue_shown'"))) {
          database.session().execute(statement).close();
        }
        database.step("totals");
      }
    }
    assertEquals(
        List.of(
            "{\"item\":\"tea\"} {\"item\":\"tea\",\"total\":6.50,\"n\":2}",
            "{\"item\":\"tea\"} {\"item\":\"tea\",\"total\":6.50,\"n\":2}"),
        broker.read("revenue_shown"));
  }

  @Test
  void anOlderProcessIsFenced() {
    broker.create("fed", 1);
    broker.create("fenced", 1);
    try (Database older = open()) {
      older.run(
          table("fed", "id BIGINT NOT NULL", ""),
          table("fenced", "id BIGINT NOT NULL", ""),
          "CREATE STANDING QUERY q INTO fenced OUTPUT MODE APPEND AS SELECT id FROM fed");
      broker.send("fed", 0, numbers(0, 3));
      older.step("q");
      Path image = older.image("newer");
      try (Database newer = new Database(image)) {
        broker.send("fed", 0, numbers(3, 5));
        newer.step("q");
        assertThrows(TidemillException.class, () -> older.step("q"));
        broker.send("fed", 0, numbers(5, 6));
        newer.step("q");
      }
    }
    assertEquals(List.of(numbers(0, 6)), sortedTopic("fenced"));
  }

  /** The broker ends it, and nothing of it is seen; the step is written again. */
  @Test
  void aTransactionThatLastsTooLongIsNamed() throws InterruptedException {
    broker.create("slow", 1);
    Map<String, String> options =
        Map.of(
            "connector", "kafka",
            "topic", "slow",
            "bootstrap_servers", broker.servers(),
            "timeout_millis", "60000",
            "transaction_timeout_millis", "1000");
    TableDefinition definition =
        new TableDefinition(
            "slow",
            List.of(new TableDefinition.ColumnDefinition("id", Type.BIGINT, false, null)),
            null,
            List.of(),
            false,
            options,
            "slow");
    try (MemoryScope memory = MemoryScope.root("test", MemoryScope.UNLIMITED);
        Batch rows = Batches.fromRows(List.of(Type.BIGINT), List.of(List.of(7L)), memory)) {
      ConnectorContext context =
          new ConnectorContext(
              new LocalFileSystem(),
              directory,
              directory.resolve("db"),
              InstantSource.system(),
              System.out,
              memory);
      try (TableSink sink = new KafkaConnector().open(definition, context).sink("w")) {
        TidemillException thrown = null;
        try (TableSink.StepWriter writer = sink.begin(1, SinkMode.APPEND, memory)) {
          writer.write(rows, RowOperation.INSERT);
          TimeUnit.SECONDS.sleep(4);
          thrown = assertThrows(TidemillException.class, writer::commit);
        }
        assertEquals(ErrorKind.EXTERNAL, thrown.code().kind());
        assertTrue(
            thrown.getMessage().contains("transaction_timeout_millis (1000)"), thrown.getMessage());
        assertEquals(-1, sink.lastStep());
        try (TableSink.StepWriter writer = sink.begin(1, SinkMode.APPEND, memory)) {
          writer.write(rows, RowOperation.INSERT);
          writer.commit();
        }
        assertEquals(1, sink.lastStep());
      }
    }
    assertEquals(List.of("{\"id\":7}"), broker.read("slow"));
  }
}
