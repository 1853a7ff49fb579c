package dev.tidemill.connectors.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics that are compacted, a broker that dies, records that do not fit the memory. */
class KafkaTroubleTest {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);

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
    return "CREATE TABLE %s (%s) WITH ('connector'='kafka','topic'='%s','bootstrap_servers'='%s','timeout_millis'='3000'%s)"
        .formatted(name, columns, name, broker.servers(), more);
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, what);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  /** The records of a round: one for each of ten keys, with the number of the round. */
  private static void sendRound(String topic, int round) {
    for (int key = 0; key < 10; key++) {
      broker.sendKeyed(
          topic, 0, 1_000L * round, "k" + key, "{\"k\":%d,\"v\":%d}".formatted(key, round));
    }
  }

  @Test
  void aCompactedTopicGivesWhatIsLeftAndNothingElseInItsPlace() {
    broker.create(
        "latest",
        1,
        Map.of(
            "cleanup.policy", "delete",
            "retention.ms", "-1",
            "segment.ms", "100",
            "min.cleanable.dirty.ratio", "0.01",
            "max.compaction.lag.ms", "200"));
    for (int round = 0; round < 5; round++) {
      sendRound("latest", round);
    }
    try (Database database = new Database(directory.resolve("db"))) {
      database.run(
          table("latest", "k INTEGER, v INTEGER", ""),
          "CREATE STANDING QUERY before WITH ('max_rows_per_step'='25') AS SELECT k, v FROM latest");
      database.step("before");
      Path crashed = database.image("crashed");
      database.step("before");
      assertEquals(List.of("50\t100"), database.rows("SELECT COUNT(*), SUM(v) FROM before"));
      setPolicy("latest", "compact");
      int[] round = {5};
      await(
          "the topic is not compacted",
          () -> {
            // a segment ends when something comes
            sendRound("latest", round[0]++);
            return broker.read("latest").size() < round[0] * 10 / 2;
          });
      endCompaction("latest");
      // who stands goes on behind what it has, and keeps what it took
      takeAll(database, "before");
      assertEquals(
          List.of("10\t" + (round[0] - 1)),
          database.rows(
              "SELECT COUNT(*), MIN(v) FROM (SELECT k, MAX(v) AS v FROM before GROUP BY k)"));
      // who begins beside it takes what is left, and stands where the other does then
      database.run(
          "CREATE STANDING QUERY beside WITH ('max_rows_per_step'='9') AS SELECT k, v FROM latest");
      takeAll(database, "beside");
      List<String> left = database.rows("SELECT COUNT(*), SUM(v) FROM latest");
      assertEquals(left, database.rows("SELECT COUNT(*), SUM(v) FROM beside"));
      long taken = database.session().progress("before").rowsIn();
      sendRound("latest", round[0]++);
      takeAll(database, "before");
      takeAll(database, "beside");
      database.run("VERIFY beside");
      database.reopen();
      database.run("VERIFY beside");
      assertEquals(taken + 10, database.session().progress("before").rowsIn());
      assertEquals(
          database.rows("SELECT COUNT(*), SUM(v) FROM latest"),
          database.rows("SELECT COUNT(*), SUM(v) FROM beside"));
      TidemillException verified =
          assertThrows(TidemillException.class, () -> database.run("VERIFY before"));
      assertEquals("RECORDS_GONE", verified.code().name());
      // a step that is taken again finds its records, or says that it cannot
      database.goOnIn(crashed);
      assertEquals("FAILED", database.status("before"));
      String why = database.rows("SHOW QUERIES").getFirst();
      assertTrue(why.contains("compaction removed the others. Drop and create"), why);
      // who begins now, over a table of its own, takes what is left, in steps of as many rows as
      // asked for
      database.run(
          table("latest", "k INTEGER, v INTEGER", "").replace("TABLE latest", "TABLE later"),
          "CREATE STANDING QUERY behind WITH ('max_rows_per_step'='7') AS SELECT k, MAX(v) AS v FROM later GROUP BY k");
      database.step("behind");
      assertEquals(7, database.session().progress("behind").rowsIn());
      takeAll(database, "behind");
      database.run("VERIFY behind");
      assertEquals(
          List.of("10\t" + (round[0] - 1)), database.rows("SELECT COUNT(*), MIN(v) FROM behind"));
    }
  }

  /** From now on the topic stays as it is. */
  private static void endCompaction(String topic) {
    setPolicy(topic, "delete");
    int[] equal = {0, 0};
    await(
        "compaction goes on",
        () -> {
          int size = broker.read(topic).size();
          equal[1] = size == equal[0] ? equal[1] + 1 : 0;
          equal[0] = size;
          return equal[1] == 5;
        });
  }

  private static void setPolicy(String topic, String policy) {
    Broker.await(
        broker
            .admin()
            .incrementalAlterConfigs(
                Map.of(
                    new ConfigResource(ConfigResource.Type.TOPIC, topic),
                    List.of(
                        new AlterConfigOp(
                            new ConfigEntry("cleanup.policy", policy), AlterConfigOp.OpType.SET))))
            .all());
  }

  private static void takeAll(Database database, String query) {
    for (int step = 0; step < 60; step++) {
      database.step(query);
    }
  }

  @Test
  void aBrokerThatDiesAndComesBackLosesNothing() {
    broker.create("in", 2);
    broker.create("out", 1);
    try (Database database = new Database(directory.resolve("db"), false, 1L << 30)) {
      database.run(
          table("in", "id BIGINT NOT NULL", "").replace("TABLE in", "TABLE \"in\""),
          table("out", "id BIGINT NOT NULL", "").replace("TABLE out", "TABLE \"out\""),
          "SET retry_delay = '100ms'",
          "SET max_retry_delay = '500ms'",
          "CREATE STANDING QUERY through INTO \"out\" OUTPUT MODE APPEND AS SELECT id FROM \"in\"",
          "CREATE STANDING QUERY kept AS SELECT MOD(id, 3) AS m, COUNT(*) AS n FROM \"in\" GROUP BY MOD(id, 3)");
      broker.send("in", 0, numbers(0, 45));
      await("the first rows", () -> broker.read("out").size() == 45);
      // these wait, or are on their way, when the broker dies
      broker.send("in", 0, numbers(45, 90));
      broker.send("in", 1, numbers(90, 135));
      broker.kill();
      await("trouble", () -> database.status("through").equals("RETRYING"));
      broker.startAgain();
      broker.send("in", 1, numbers(135, 270));
      await("rows behind it", () -> broker.read("out").size() >= 270);
      await(
          "the kept result", () -> database.rows("SELECT SUM(n) FROM kept").equals(List.of("270")));
      assertEquals(
          IntStream.range(0, 270).mapToObj(i -> "{\"id\":" + i + "}").sorted().toList(),
          broker.read("out").stream().sorted().toList());
      assertEquals(List.of("0\t90", "1\t90", "2\t90"), database.sorted("SELECT * FROM kept"));
      assertEquals("RUNNING", database.status("through"));
    }
  }

  private static String[] numbers(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> "{\"id\":%d}".formatted(i))
        .toArray(String[]::new);
  }

  @Test
  void recordsThatAreReadAheadFitTheMemory() {
    broker.create("wide", 2);
    String[] values =
        IntStream.range(0, 10_000)
            .mapToObj(i -> "{\"id\":%d,\"t\":\"%s\"}".formatted(i, "x".repeat(2_000)))
            .toArray(String[]::new);
    broker.send("wide", 0, values);
    broker.send("wide", 1, values);
    try (Database database = new Database(directory.resolve("db"), true, 48L << 20)) {
      database.run(
          table("wide", "id BIGINT NOT NULL, t VARCHAR", ""),
          "CREATE STANDING QUERY q AS SELECT COUNT(*) AS n, SUM(id) AS s, SUM(CHAR_LENGTH(t)) AS l FROM wide");
      for (int i = 0; i < 200 && database.session().progress("q").rowsIn() < 20_000; i++) {
        database.step("q");
      }
      assertEquals(List.of("20000\t99990000\t40000000"), database.rows("SELECT * FROM q"));
      database.run("VERIFY q");
    }
  }
}
