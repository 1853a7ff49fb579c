package dev.tidemill.connectors.iceberg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.file.LocalFileSystem;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.TableSink;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What standing queries and INSERT leave in a table, by Iceberg's own planning and DuckDB. */
final class IcebergSinkTest {
  @TempDir Path directory;

  private IcebergFiles there() {
    return new IcebergFiles(directory.resolve("work/t"));
  }

  private TestEngine engine() {
    return new TestEngine(directory.resolve("work"));
  }

  private static final String SOURCE =
      "CREATE TABLE s (id BIGINT, k VARCHAR) WITH ('connector'='files', 'path'='s', 'format'='csv')";

  @Test
  void typesGoThereAndBack() {
    try (TestEngine engine = engine()) {
      engine.run(
          """
          CREATE TABLE t (b BOOLEAN, i1 TINYINT, i2 SMALLINT, i4 INTEGER, i8 BIGINT, r REAL, d DOUBLE,
            d9 DECIMAL(9,2), d18 DECIMAL(18,4), d38 DECIMAL(38,10), s VARCHAR, x VARBINARY, dt DATE,
            tm TIME(6), t0 TIMESTAMP(0), t3 TIMESTAMP(3), t6 TIMESTAMP(6),
            z3 TIMESTAMP(3) WITH LOCAL TIME ZONE, z6 TIMESTAMP(6) WITH LOCAL TIME ZONE,
            a INTEGER ARRAY, m MAP<VARCHAR, BIGINT>, o ROW(p INTEGER, q ROW(u VARCHAR) ARRAY))
          WITH ('connector'='iceberg', 'path'='t', 'create_table'='true')""",
          """
          INSERT INTO t VALUES
           (true, 1, 2, 3, 4, 1.5, 2.5, 1.25, 12345678901.1234, 1234567890123456789.0123456789, 'é', X'00ff',
            DATE '2024-02-29', TIME '10:11:12.123456', TIMESTAMP '1969-12-31 23:59:59',
            TIMESTAMP '2024-01-01 00:00:00.123', TIMESTAMP '2024-01-01 00:00:00.123456',
            CAST(TIMESTAMP '2024-01-01 00:00:00.123' AS TIMESTAMP(3) WITH LOCAL TIME ZONE),
            CAST(TIMESTAMP '2024-01-01 00:00:00.123456' AS TIMESTAMP(6) WITH LOCAL TIME ZONE),
            ARRAY[1, NULL], MAP['k', 7], ROW(1, ARRAY[ROW('x'), NULL])),
           (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
            NULL, NULL, NULL, NULL, NULL)""");
      String all =
          "b, i1, i2, i4, i8, r, d, d9, d18, d38, s, x, dt, tm, t0, t3, t6, z3, z6, a, m, o";
      List<String> written = engine.rows("SELECT " + all + " FROM t");
      assertEquals("NULL|".repeat(21) + "NULL", written.getFirst(), "a row of NULLs");
      assertEquals(
          "true|1|2|3|4|1.5|2.5|1.25|12345678901.1234|1234567890123456789.0123456789|é|\\x00FF|2024-02-29"
              + "|10:11:12.123456|1969-12-31 23:59:59|2024-01-01 00:00:00.123|2024-01-01 00:00:00.123456"
              + "|2024-01-01 00:00:00.123Z|2024-01-01 00:00:00.123456Z|[1, NULL]|{k=7}"
              + "|{p: 1, q: [{u: x}, NULL]}",
          written.getLast());
      // Without declared columns the types are Iceberg's.
      engine.run("CREATE TABLE u WITH ('connector'='iceberg', 'path'='t')");
      assertEquals(
          List.of("3|2024-01-01 00:00:00.123000|[1, NULL]", "NULL|NULL|NULL"),
          engine.rows("SELECT i1 + i2, t3, a FROM u"));
      assertEquals(
          List.of(
              "1969-12-31 23:59:59.0|2024-01-01 00:00:00.123|1234567890123456789.0123456789|[1, NULL]",
              "null|null|null|null"),
          there().rows("t0, t3, d38, a"));
    }
    Schema schema = there().table().schema();
    assertEquals(Types.IntegerType.get(), schema.findType("i1"));
    assertEquals(Types.TimestampType.withoutZone(), schema.findType("t0"));
    assertEquals(Types.TimestampType.withZone(), schema.findType("z3"));
    DataFile file = there().planned().getFirst();
    Map<String, String> ids = IcebergFiles.fieldIds(file.location());
    for (String column : List.of("b", "t0", "a", "m", "o")) {
      assertEquals(Integer.toString(schema.findField(column).fieldId()), ids.get(column), column);
    }
    assertEquals(Integer.toString(schema.findField("o.q.element.u").fieldId()), ids.get("u"));
    assertEquals(Integer.toString(schema.findField("m.key").fieldId()), ids.get("key"));
    int i8 = schema.findField("i8").fieldId();
    assertEquals(
        4L, (Long) Conversions.fromByteBuffer(Types.LongType.get(), file.upperBounds().get(i8)));
    assertEquals(1L, file.nullValueCounts().get(i8));
    assertEquals(2, file.recordCount());
  }

  @Test
  void nanosecondsNeedFormatVersionThree() {
    try (TestEngine engine = engine()) {
      String columns = "CREATE TABLE t (ts TIMESTAMP(9)) WITH ('connector'='iceberg', 'path'='t'";
      assertTrue(
          engine
              .fails(columns + ", 'create_table'='true')")
              .getMessage()
              .contains("format version 3"));
      engine.run(
          columns + ", 'create_table'='true', 'format_version'='3')",
          "INSERT INTO t VALUES (TIMESTAMP '2024-01-01 00:00:00.123456789')");
      assertEquals(List.of("2024-01-01 00:00:00.123456789"), engine.rows("SELECT ts FROM t"));
    }
  }

  @Test
  void aStepIsASnapshotAndARestartGoesOn() {
    try (TestEngine engine = engine()) {
      engine.putFile("s/1.csv", "id,k\n1,a\n2,b\n");
      engine.run(
          SOURCE,
          "CREATE TABLE t (id BIGINT, k VARCHAR) WITH ('connector'='iceberg', 'path'='t', 'create_table'='true')",
          "CREATE STANDING QUERY q INTO t OUTPUT MODE APPEND AS SELECT id, k FROM s WHERE id > 0");
      engine.step("q");
      engine.putFile("s/2.csv", "id,k\n3,c\n");
      engine.step("q");
      assertEquals(List.of("1|a", "2|b", "3|c"), there().rows("id, k"));
      // A step of no rows is no snapshot.
      engine.putFile("s/3.csv", "id,k\n-3,c\n");
      engine.step("q");
      engine.reopen();
      engine.putFile("s/4.csv", "id,k\n4,d\n");
      engine.step("q");
      assertEquals(List.of("1|a", "2|b", "3|c", "4|d"), there().rows("id, k"));
      List<String> steps = there().steps();
      assertEquals(3, steps.size());
      assertTrue(steps.stream().allMatch(step -> step.matches("append [0-9]+")), steps.toString());
    }
  }

  /** Another writer changes the table while a standing query writes it. */
  @Test
  void columnsOfOthersAreLeftAloneAndChangedOnesAreNamed() {
    try (TestEngine engine = engine()) {
      engine.putFile("s/1.csv", "id,k\n1,a\n");
      engine.run(
          SOURCE,
          "CREATE TABLE t (id BIGINT, k VARCHAR) WITH ('connector'='iceberg', 'path'='t', 'create_table'='true')",
          "CREATE STANDING QUERY q INTO t OUTPUT MODE APPEND AS SELECT id, k FROM s");
      engine.step("q");
      there().table().updateSchema().addColumn("more", Types.StringType.get()).commit();
      engine.putFile("s/2.csv", "id,k\n2,b\n");
      engine.step("q");
      engine.reopen();
      there().table().updateSchema().renameColumn("k", "label").commit();
      engine.putFile("s/3.csv", "id,k\n3,c\n");
      engine.step("q");
      engine.run("CREATE TABLE now WITH ('connector'='iceberg', 'path'='t')");
      assertEquals(
          List.of("1|a|NULL", "2|b|NULL", "3|c|NULL"),
          engine.rows("SELECT id, label, more FROM now"));
      there().table().updateSchema().deleteColumn("label").commit();
      engine.putFile("s/4.csv", "id,k\n4,d\n");
      String gone =
          String.valueOf(
              assertThrows(TidemillException.class, () -> engine.step("q")).getMessage());
      assertTrue(gone.contains("k") && !gone.contains("internal"), gone);
      assertEquals(List.of("1", "2", "3"), there().rows("id"));
    }
  }

  @Test
  void aCrashAroundTheCommitLosesNothingAndRepeatsNothing() {
    for (CommitWatch.Moment moment : CommitWatch.Moment.values()) {
      for (String mode : List.of("APPEND", "COMPLETE", "UPDATE")) {
        crash(moment, mode);
      }
    }
  }

  private void crash(CommitWatch.Moment moment, String mode) {
    Path work = directory.resolve(moment + mode).resolve("work");
    IcebergFiles there = new IcebergFiles(work.resolve("t"));
    try (TestEngine engine = new TestEngine(work)) {
      engine.putFile("s/1.csv", "id,k\n1,a\n2,b\n");
      engine.run(
          SOURCE,
          """
          CREATE TABLE t (id BIGINT, k VARCHAR, PRIMARY KEY (id) NOT ENFORCED)
          WITH ('connector'='iceberg', 'path'='t', 'create_table'='true')""",
          "CREATE STANDING QUERY q INTO t OUTPUT MODE %s AS %s"
              .formatted(
                  mode,
                  mode.equals("APPEND")
                      ? "SELECT id, k FROM s"
                      : "SELECT id, MAX(k) AS k FROM s GROUP BY id"));
      engine.step("q");
      engine.putFile("s/2.csv", "id,k\n3,c\n4,d\n");
      List<Path> image = new ArrayList<>();
      engine.watch(
          at -> {
            if (at == moment && image.isEmpty()) {
              image.add(engine.image("image"));
            }
          });
      engine.step("q");
      engine.restore(image.getFirst());
      engine.step("q");
      engine.putFile("s/3.csv", "id,k\n5,e\n");
      engine.step("q");
      assertEquals(
          List.of("1|a", "2|b", "3|c", "4|d", "5|e"),
          engine.rows("SELECT id, k FROM t"),
          moment + " " + mode);
      assertEquals(3, there.steps().size(), there.steps().toString());
      // The files that a crash left before the commit were deleted.
      assertEquals(mode.equals("UPDATE") ? 6 : 3, there.parquetFiles());
    }
  }

  /** Writes a step as the engine would. */
  private void write(TableSink sink, long step, SinkMode mode, Object... ids) {
    try (MemoryScope scope = MemoryScope.root("test", 64 << 20);
        TableSink.StepWriter writer = sink.begin(step, mode, scope)) {
      List<List<Object>> rows = new ArrayList<>();
      for (Object id : ids) {
        rows.add(List.of(id));
      }
      try (Batch batch = Batches.fromRows(List.of(Type.BIGINT), rows, scope)) {
        writer.write(batch, RowOperation.INSERT);
      }
      writer.commit();
    }
  }

  private IcebergSink sink(String writer) {
    DirectoryTable table =
        new DirectoryTable(new LocalFileSystem(), directory.resolve("work/t").toString());
    List<IcebergColumn> columns =
        List.of(
            new IcebergColumn("id", Type.BIGINT, true, table.newest().schema().findField("id")));
    return new IcebergSink(table, columns, List.of(), writer);
  }

  private void createIds() {
    IcebergFiles.create(
        directory.resolve("work/t"),
        new Schema(Types.NestedField.optional(1, "id", Types.LongType.get())));
  }

  @Test
  void aStepIsKnownByItsNumberWhenItsSnapshotHasExpired() {
    createIds();
    try (TableSink sink = sink("q")) {
      assertEquals(-1, sink.lastStep());
      write(sink, 7, SinkMode.APPEND, 1L);
    }
    try (TableSink other = sink("r")) {
      assertEquals(-1, other.lastStep());
      write(other, 1, SinkMode.APPEND, 2L);
    }
    there().table().expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
    try (TableSink sink = sink("q")) {
      assertEquals(7, sink.lastStep());
      write(sink, 8, SinkMode.APPEND, 3L);
    }
    assertEquals(List.of("1", "2", "3"), there().rows("id"));
  }

  @Test
  void whatACrashLeftBetweenFilesAndCommitIsDeleted() {
    createIds();
    try (MemoryScope scope = MemoryScope.root("test", 64 << 20)) {
      // A crash: the file is in its place, no metadata names it, nothing is closed.
      IcebergSink crashed = sink("q");
      write(crashed, 1, SinkMode.APPEND, 1L);
      there().file(orphan("q", 2), "{id: 1}", "SELECT 99::BIGINT AS id");
      there().file(orphan("other", 2), "{id: 1}", "SELECT 98::BIGINT AS id");
      assertEquals(3, there().parquetFiles());
      crashed.close();
      try (TableSink sink = sink("q")) {
        assertEquals(1, sink.lastStep());
        assertEquals(2, there().parquetFiles());
        write(sink, 2, SinkMode.APPEND, 2L);
      }
      assertEquals(List.of("1", "2"), there().rows("id"));
      assertEquals(0, scope.used());
    }
  }

  private static String orphan(String writer, long step) {
    return "tidemill-%s-%d-0000-00000.parquet"
        .formatted(
            java.util.UUID.nameUUIDFromBytes(
                writer.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
            step);
  }

  @Test
  void rowsOfAStepThatIsNotCommittedLeaveNothing() {
    createIds();
    try (TableSink sink = sink("q");
        MemoryScope scope = MemoryScope.root("test", 64 << 20)) {
      try (TableSink.StepWriter writer = sink.begin(1, SinkMode.APPEND, scope);
          Batch batch =
              Batches.fromRows(List.of(Type.BIGINT), List.of(List.of((Object) 5L)), scope)) {
        writer.write(batch, RowOperation.INSERT);
      }
      assertEquals(-1, sink.lastStep());
      write(sink, 1, SinkMode.APPEND, 6L);
    }
    assertEquals(1, there().parquetFiles());
    assertEquals(List.of("6"), there().rows("id"));
  }

  @Test
  void commitsOfOthersInBetweenAreBuiltOn() {
    createIds();
    try (TableSink sink = sink("q");
        TableSink other = sink("r");
        MemoryScope scope = MemoryScope.root("test", 64 << 20);
        TableSink.StepWriter writer = sink.begin(1, SinkMode.APPEND, scope);
        Batch batch =
            Batches.fromRows(List.of(Type.BIGINT), List.of(List.of((Object) 1L)), scope)) {
      writer.write(batch, RowOperation.INSERT);
      write(other, 1, SinkMode.APPEND, 2L);
      writer.commit();
    }
    assertEquals(List.of("1", "2"), there().rows("id"));
  }

  @Test
  void manyWritersAtOnceLoseNothing() throws InterruptedException {
    createIds();
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
    there().table().updateProperties().set("commit.retry.num-retries", "100").commit();
    for (int w = 0; w < 4; w++) {
      String writer = "w" + w;
      long first = w * 100L;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try (TableSink sink = sink(writer)) {
                      for (int step = 0; step < 5; step++) {
                        write(sink, step, SinkMode.APPEND, first + step);
                      }
                    } catch (RuntimeException | AssertionError e) {
                      failures.add(e);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), failures);
    assertEquals(20, there().rows("id").size());
  }

  @Test
  void aCopyOfTheWriterIsFencedOff() {
    createIds();
    try (IcebergSink sink = sink("q")) {
      write(sink, 1, SinkMode.APPEND, 1L);
      // As by a copy elsewhere, which this machine's lock does not hold off.
      there().table().updateProperties().set(IcebergSink.STEP_PROPERTY + "q", "2").commit();
      var failure =
          org.junit.jupiter.api.Assertions.assertThrows(
              dev.tidemill.foundation.error.TidemillException.class,
              () -> write(sink, 2, SinkMode.APPEND, 2L));
      assertEquals("SINK_TAKEN_OVER", failure.code().name());
      var locked =
          org.junit.jupiter.api.Assertions.assertThrows(
              dev.tidemill.foundation.error.TidemillException.class, () -> sink("q"));
      assertTrue(locked.getMessage().contains("the writer 'q'"), locked.getMessage());
    }
    assertEquals(List.of("1"), there().rows("id"));
    assertEquals(1, there().parquetFiles());
  }

  @Test
  void completeReplacesAll() {
    try (TestEngine engine = engine()) {
      engine.putFile("s/1.csv", "id,k\n1,a\n2,b\n3,a\n");
      engine.run(
          SOURCE,
          "CREATE TABLE t (k VARCHAR, n BIGINT) WITH ('connector'='iceberg', 'path'='t', 'create_table'='true')",
          "CREATE STANDING QUERY q INTO t OUTPUT MODE COMPLETE AS SELECT k, COUNT(*) AS n FROM s GROUP BY k");
      engine.step("q");
      engine.putFile("s/2.csv", "id,k\n4,c\n5,a\n");
      engine.step("q");
      assertEquals(List.of("a|3", "b|1", "c|1"), there().rows("k, n"));
      assertEquals(List.of("a|3", "b|1", "c|1"), engine.rows("SELECT k, n FROM t"));
      long first = there().table().history().getFirst().snapshotId();
      engine.run(
          "CREATE TABLE before_ WITH ('connector'='iceberg', 'path'='t', 'snapshot_id'='%d')"
              .formatted(first));
      assertEquals(List.of("a|2", "b|1"), engine.rows("SELECT k, n FROM before_"));
    }
  }

  @Test
  void updateRemovesByKey() {
    try (TestEngine engine = engine()) {
      engine.putFile("s/1.csv", "id,k\n1,a\n2,b\n3,a\n4,\n");
      engine.run(
          SOURCE,
          """
          CREATE TABLE t (k VARCHAR, n BIGINT, PRIMARY KEY (k) NOT ENFORCED)
          WITH ('connector'='iceberg', 'path'='t', 'create_table'='true')""",
          "CREATE STANDING QUERY q INTO t OUTPUT MODE UPDATE AS SELECT k, COUNT(*) AS n FROM s GROUP BY k");
      engine.step("q");
      engine.putFile("s/2.csv", "id,k\n5,c\n6,a\n7,\n");
      engine.step("q");
      assertEquals(List.of("NULL|2", "a|3", "b|1", "c|1"), engine.rows("SELECT k, n FROM t"));
      assertEquals(List.of("4"), engine.rows("SELECT COUNT(*) FROM t"));
      assertEquals(List.of("3"), engine.rows("SELECT n FROM t WHERE k = 'a'"));
      String summary = there().table().currentSnapshot().summary().toString();
      assertTrue(summary.contains("total-equality-deletes=6"), summary);
    }
  }

  @Test
  void updateRemovesByKeyFromPartitions() {
    try (TestEngine engine = engine()) {
      engine.putFile("s/1.csv", "id,k\n1,a\n2,b\n3,a\n4,\n5,dd\n");
      engine.run(
          SOURCE,
          """
          CREATE TABLE t (k VARCHAR, m BIGINT, n BIGINT, PRIMARY KEY (k, m) NOT ENFORCED)
          WITH ('connector'='iceberg', 'path'='t', 'create_table'='true', 'partitioned_by'='truncate(1, k), m')""",
          "CREATE STANDING QUERY q INTO t OUTPUT MODE UPDATE AS SELECT k, MOD(id, 2) AS m, COUNT(*) AS n FROM s GROUP BY k, MOD(id, 2)");
      engine.step("q");
      String all = "SELECT k, MOD(id, 2), COUNT(*) FROM s GROUP BY k, MOD(id, 2)";
      for (int i = 2; i < 6; i++) {
        engine.putFile(
            "s/" + i + ".csv", "id,k\n%d,c\n%d,a\n%d,\n%d,de\n".formatted(i, i + 1, i, i * 3));
        engine.step("q");
        if (i == 3) {
          engine.reopen();
        }
        assertEquals(engine.rows(all), engine.rows("SELECT k, m, n FROM t"));
        assertEquals(
            engine.rows("SELECT COUNT(*) FROM (" + all + ") AS x"),
            engine.rows("SELECT COUNT(*) FROM t"));
      }
      engine.run(
          """
          CREATE TABLE other (k VARCHAR, n BIGINT, d BIGINT, PRIMARY KEY (k) NOT ENFORCED)
          WITH ('connector'='iceberg', 'path'='other', 'create_table'='true', 'partitioned_by'='d')""");
      String refused =
          String.valueOf(
              engine
                  .fails(
                      "CREATE STANDING QUERY o INTO other OUTPUT MODE UPDATE AS SELECT k, COUNT(*) AS n, MAX(id) AS d FROM s GROUP BY k")
                  .getMessage());
      assertTrue(refused.contains("partitioned by d, which is not in the PRIMARY KEY"), refused);
      assertTrue(refused.contains("Add d to the key"), refused);
      // rows of the first partitioning would stay
      there().table().updateSpec().removeField("m").commit();
      engine.putFile("s/9.csv", "id,k\n9,a\n");
      String changed = String.valueOf(stepFails(engine, "q"));
      assertTrue(changed.contains("was partitioned otherwise before"), changed);
    }
  }

  private static String stepFails(TestEngine engine, String query) {
    return String.valueOf(
        org.junit.jupiter.api.Assertions.assertThrows(
                dev.tidemill.foundation.error.TidemillException.class, () -> engine.step(query))
            .getMessage());
  }

  @Test
  void rowsGoToTheirPartitions() {
    try (TestEngine engine = engine()) {
      engine.run(
          """
          CREATE TABLE t (id BIGINT, k VARCHAR, ts TIMESTAMP(3), n INTEGER) WITH ('connector'='iceberg', 'path'='t',
            'create_table'='true', 'partitioned_by'='day(ts), k, bucket(4, id), truncate(10, n)')""",
          """
          INSERT INTO t SELECT x, CASE WHEN x = 7 THEN NULL ELSE 'k' || CAST(MOD(x, 3) AS VARCHAR) END,
            TIMESTAMP '2024-01-01 23:00:00' + x * INTERVAL '1' HOUR, CAST(x AS INTEGER) FROM UNNEST(SEQUENCE(0, 9)) AS u(x)""");
      assertEquals(10, engine.rows("SELECT * FROM t").size());
      assertEquals(List.of("1|k1"), engine.rows("SELECT id, k FROM t WHERE id = 1"));
      assertEquals(List.of("7"), engine.rows("SELECT id FROM t WHERE k IS NULL"));
      List<String> partitions = new ArrayList<>();
      for (DataFile file : there().planned()) {
        partitions.add(file.partition().toString());
      }
      assertTrue(partitions.stream().anyMatch(part -> part.contains("k0")), partitions.toString());
      // Iceberg itself leaves out partitions by what they are said to hold.
      assertEquals(1, planned("id", 3L));
      assertTrue(planned("k", "k1") <= 4);
      var error =
          engine.fails(
              "CREATE TABLE v (id BIGINT) WITH ('connector'='iceberg', 'path'='v', 'create_table'='true', 'partitioned_by'='day(id)')");
      assertTrue(error.getMessage().contains("partitioned_by"), error.getMessage());
    }
  }

  private int planned(String column, Object value) {
    int count = 0;
    try (var tasks =
        there()
            .table()
            .newScan()
            .filter(org.apache.iceberg.expressions.Expressions.equal(column, value))
            .planFiles()) {
      for (var task : tasks) {
        count += task.file().recordCount() > 0 ? 1 : 0;
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return count;
  }

  @Test
  void errorsSayWhatToDo() {
    try (TestEngine engine = engine()) {
      createIds();
      there()
          .table()
          .updateSchema()
          .allowIncompatibleChanges()
          .addRequiredColumn("must", Types.IntegerType.get())
          .commit();
      engine.run("CREATE TABLE t (id BIGINT) WITH ('connector'='iceberg', 'path'='t')");
      assertTrue(engine.fails("INSERT INTO t VALUES (1)").getMessage().contains("its column must"));
      engine.run(
          "CREATE TABLE w (id BIGINT, must SMALLINT) WITH ('connector'='iceberg', 'path'='t')");
      assertTrue(engine.fails("INSERT INTO w VALUES (1, NULL)").getMessage().contains("NOT NULL"));
      engine.run("INSERT INTO w VALUES (1, 5)");
      assertEquals(List.of("1|5"), engine.rows("SELECT * FROM w"));
      for (String[] wrong :
          new String[][] {
            {"(id INTEGER) WITH ('connector'='iceberg', 'path'='none')", "create_table"},
            {"(nope BIGINT) WITH ('connector'='iceberg', 'path'='t')", "no column nope"},
            {"(id VARCHAR) WITH ('connector'='iceberg', 'path'='t')", "is long in"},
            {"(id BIGINT) WITH ('connector'='iceberg', 'path'='s3://b/t')", "local file system"},
            {"(id BIGINT) WITH ('connector'='iceberg', 'path'='t', 'oops'='1')", "oops"},
            {
              "(id BIGINT) WITH ('connector'='iceberg', 'path'='t', 'snapshot_id'='5')",
              "no snapshot 5"
            },
            {
              "(i INTERVAL YEAR) WITH ('connector'='iceberg', 'path'='n', 'create_table'='true')",
              "no type"
            },
            {"(id BIGINT PRIMARY KEY) WITH ('connector'='iceberg', 'path'='t')", "NOT ENFORCED"}
          }) {
        String message = engine.fails("CREATE TABLE x " + wrong[0]).getMessage();
        assertTrue(message.contains(wrong[1]), message);
      }
    }
  }
}
