package dev.tidemill.tpch;

import static org.junit.jupiter.api.Assertions.assertNull;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The 22 queries against the answers at scale 0.01: over generated tables and over Parquet files,
 * in several ways.
 */
class TpchAnswersTest {
  private static final String SCALE = "0.01";

  @TempDir static Path data;

  private static final List<Engine> ENGINES = new ArrayList<>();

  @BeforeAll
  static void generate() throws IOException {
    try (Engine engine = Engine.builder().open();
        Session session = engine.session()) {
      for (String table : TpchData.TABLES) {
        TpchData.generate(session, SCALE, table, data);
      }
    }
  }

  @AfterAll
  static void close() {
    ENGINES.forEach(Engine::close);
  }

  @TestFactory
  List<DynamicTest> queries() {
    List<DynamicTest> tests = new ArrayList<>();
    add(tests, "generated", Engine.builder().set("threads", "2"), true);
    add(tests, "parquet", Engine.builder().set("threads", "2"), false);
    add(
        tests,
        "parquet, one thread, broadcast",
        Engine.builder().set("threads", "1").set("join_distribution", "broadcast"),
        false);
    add(
        tests,
        "parquet, shuffle",
        Engine.builder().set("threads", "2").set("join_distribution", "shuffle"),
        false);
    add(
        tests,
        "parquet, serialized",
        Engine.builder()
            .set("threads", "2")
            .set("plan_through_json", "true")
            .set("exchange_through_ipc", "true"),
        false);
    return tests;
  }

  private static void add(
      List<DynamicTest> tests, String name, Engine.Builder builder, boolean generated) {
    Engine engine = builder.open();
    ENGINES.add(engine);
    Session session = engine.session();
    if (generated) {
      TpchData.useCatalog(session, SCALE);
    } else {
      TpchData.useFiles(session, data);
    }
    for (TpchQuery query : TpchQuery.all()) {
      tests.add(
          DynamicTest.dynamicTest(
              query.name() + " " + name,
              () -> assertNull(Verification.of(query, session, SCALE).problem())));
    }
  }
}
