package dev.tidemill.connectors.iceberg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.deletes.Deletes;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that Iceberg's library made and changed, with data files of DuckDB's. */
final class IcebergSourceTest {
  private static final Schema ID_NAME =
      new Schema(
          Types.NestedField.required(1, "id", Types.IntegerType.get()),
          Types.NestedField.optional(2, "name", Types.StringType.get()));
  private static final String IDS = "{id: 1, name: 2}";

  @TempDir Path directory;

  private IcebergFiles create(Schema schema) {
    return IcebergFiles.create(directory.resolve("work/t"), schema);
  }

  private TestEngine engine() {
    return new TestEngine(directory.resolve("work"));
  }

  private static final String TABLE = "CREATE TABLE t WITH ('connector'='iceberg', 'path'='t')";

  private static String rows(int from, int to) {
    return "SELECT x::INTEGER AS id, 'n' || x AS name FROM range(%d, %d) r(x)".formatted(from, to);
  }

  @Test
  void columnsAreFoundByTheirNumbers() {
    IcebergFiles there = create(ID_NAME);
    there.append("1.parquet", IDS, rows(0, 2));
    Table table = there.table();
    table
        .updateSchema()
        .renameColumn("name", "label")
        .addColumn("extra", Types.StringType.get())
        .updateColumn("id", Types.LongType.get())
        .commit();
    there.table().updateSchema().moveFirst("label").commit();
    there.append(
        "2.parquet",
        "{label: 2, id: 1, extra: 3}",
        "SELECT 'two' AS label, 5000000000 AS id, 'e' AS extra");
    // A column of the old name is another column.
    there.table().updateSchema().deleteColumn("extra").commit();
    there.table().updateSchema().addColumn("extra", Types.StringType.get()).commit();
    there.table().updateSchema().addColumn("name", Types.StringType.get()).commit();
    try (TestEngine engine = engine()) {
      engine.run(TABLE);
      assertEquals(
          List.of("n0|0|NULL|NULL", "n1|1|NULL|NULL", "two|5000000000|NULL|NULL"),
          engine.rows("SELECT * FROM t"));
      assertEquals(List.of("1"), engine.rows("SELECT id FROM t WHERE label = 'n1'"));
      assertEquals(List.of(), engine.rows("SELECT id FROM t WHERE extra = 'e'"));
      assertEquals(List.of("3"), engine.rows("SELECT COUNT(*) FROM t WHERE name IS NULL"));
      assertEquals(List.of("two"), engine.rows("SELECT label FROM t WHERE id > 4000000000"));
      engine.run(
          "CREATE TABLE few (ID BIGINT, label VARCHAR) WITH ('connector'='iceberg', 'path'='t')");
      assertEquals(List.of("0", "1", "5000000000"), engine.rows("SELECT id FROM few"));
      // Renamed while it is open: it stays that column.
      there.table().updateSchema().renameColumn("label", "title").commit();
      assertEquals(List.of("1"), engine.rows("SELECT id FROM few WHERE label = 'n1'"));
    }
  }

  @Test
  void anAddedColumnHasItsDefault() {
    IcebergFiles there =
        IcebergFiles.create(directory.resolve("work/t"), ID_NAME, PartitionSpec.unpartitioned(), 3);
    there.append("1.parquet", IDS, rows(0, 2));
    there.table().updateSchema().addColumn("n", Types.LongType.get(), Literal.of(42L)).commit();
    there.append("2.parquet", "{id: 1, n: 3}", "SELECT 9::INTEGER AS id, 7::BIGINT AS n");
    try (TestEngine engine = engine()) {
      engine.run(TABLE);
      assertEquals(List.of("0|n0|42", "1|n1|42", "9|NULL|7"), engine.rows("SELECT * FROM t"));
      assertEquals(List.of("0", "1"), engine.rows("SELECT id FROM t WHERE n = 42"));
      assertEquals(List.of("9"), engine.rows("SELECT id FROM t WHERE n < 10"));
    }
  }

  @Test
  void fieldsWithinAColumnThatWereRenamedAreRefused() {
    IcebergFiles there =
        create(
            new Schema(
                Types.NestedField.optional(
                    1,
                    "s",
                    Types.StructType.of(
                        Types.NestedField.optional(2, "a", Types.IntegerType.get())))));
    there.append("1.parquet", "{s: {__duckdb_field_id: 1, a: 2}}", "SELECT {a: 1} AS s");
    there.table().updateSchema().addColumn("s", "b", Types.IntegerType.get()).commit();
    try (TestEngine engine = engine()) {
      engine.run(TABLE);
      assertEquals(List.of("{a: 1, b: NULL}"), engine.rows("SELECT s FROM t"));
      there.table().updateSchema().renameColumn("s.a", "c").commit();
      engine.run("CREATE TABLE u WITH ('connector'='iceberg', 'path'='t')");
      assertTrue(engine.fails("SELECT s FROM u").getMessage().contains("within column s"));
    }
  }

  @Test
  void filesWithoutNumbersNeedANameMapping() {
    IcebergFiles there = create(ID_NAME);
    there.append("1.parquet", "", rows(0, 2));
    try (TestEngine engine = engine()) {
      engine.run(TABLE);
      assertTrue(engine.fails("SELECT * FROM t").getMessage().contains("name-mapping"));
      there
          .table()
          .updateProperties()
          .set(
              "schema.name-mapping.default",
              "[{\"field-id\": 1, \"names\": [\"id\"]}, {\"field-id\": 2, \"names\": [\"name\"]}]")
          .commit();
      assertEquals(List.of("0|n0", "1|n1"), engine.rows("SELECT * FROM t"));
    }
  }

  @Test
  void aPartitionGivesTheColumnThatItsFilesDoNotHave() {
    PartitionSpec spec = PartitionSpec.builderFor(ID_NAME).identity("name").build();
    IcebergFiles there = IcebergFiles.create(directory.resolve("work/t"), ID_NAME, spec, 2);
    for (String name : List.of("a", "b")) {
      Path file = there.file(name + ".parquet", "{id: 1}", "SELECT 1::INTEGER AS id");
      DataFile described =
          DataFiles.builder(there.table().spec())
              .copy(described(there, file))
              .withPartitionPath("name=" + name)
              .build();
      there.table().newAppend().appendFile(described).commit();
    }
    try (TestEngine engine = engine()) {
      engine.run(TABLE);
      assertEquals(List.of("1|a", "1|b"), engine.rows("SELECT * FROM t"));
      assertEquals(List.of("b"), engine.rows("SELECT name FROM t WHERE name = 'b'"));
    }
  }

  @Test
  void filesThatAreNotParquetAreRefusedWhenAQueryIsMade() {
    IcebergFiles there = create(ID_NAME);
    there.append("1.parquet", IDS, rows(0, 3));
    Path file = there.file("2.orc", IDS, rows(3, 5));
    there
        .table()
        .newAppend()
        .appendFile(
            DataFiles.builder(there.table().spec())
                .copy(described(there, file))
                .withFormat(FileFormat.ORC)
                .build())
        .commit();
    try (TestEngine engine = engine()) {
      engine.run(TABLE);
      String refused =
          engine.fails("CREATE STANDING QUERY q AS SELECT COUNT(*) AS n FROM t").getMessage();
      assertTrue(
          refused.contains("2.orc is ORC; of Iceberg tables Parquet files are read"), refused);
    }
  }

  private static DataFile described(IcebergFiles there, Path file) {
    return there.described(file, 1);
  }

  @Test
  void rowsThatDeleteFilesNameAreGone() throws IOException {
    IcebergFiles there = create(ID_NAME);
    there.append("1.parquet", IDS, rows(0, 10_000));
    there.append("2.parquet", IDS, rows(10_000, 10_010));
    Path data = directory.resolve("work/t/data");
    Path positions =
        there.file(
            "p.parquet",
            "{file_path: 2147483546, pos: 2147483545}",
            """
            SELECT * FROM (SELECT '%s' AS file_path, x AS pos FROM range(0, 5000) r(x)
            UNION ALL SELECT '%s', 3) ORDER BY ALL"""
                .formatted(data.resolve("1.parquet"), data.resolve("2.parquet")));
    there.table().newRowDelta().addDeletes(deletes(there, positions, 5001).build()).commit();
    Path keys =
        there.file("k.parquet", "{name: 2}", "SELECT 'n9999' AS name UNION ALL SELECT 'n10000'");
    there
        .table()
        .newRowDelta()
        .addDeletes(deletes(there, keys, 2).ofEqualityDeletes(2).build())
        .commit();
    // Rows that came after the keys were removed stay.
    there.append("3.parquet", IDS, rows(9999, 10_000));
    try (TestEngine engine = engine()) {
      engine.run(TABLE);
      assertEquals(
          List.of("5008|5000|10009"), engine.rows("SELECT COUNT(*), MIN(id), MAX(id) FROM t"));
      assertEquals(
          List.of("10001", "10002", "10004", "10005", "10006", "10007", "10008", "10009"),
          engine.rows("SELECT id FROM t WHERE id >= 10000"));
      assertEquals(List.of("1"), engine.rows("SELECT COUNT(*) FROM t WHERE id = 9999"));
      // A standing query begins with the rows as they are, in steps of some rows.
      engine.run(
          """
          CREATE STANDING QUERY q OUTPUT MODE APPEND WITH ('max_rows_per_step'='1500')
          AS SELECT id FROM t""");
      for (int i = 0; i < 4; i++) {
        engine.step("q");
        assertEquals(
            List.of(Integer.toString(Math.min((i + 1) * 1500, 5008))),
            engine.rows("SELECT COUNT(DISTINCT id) FROM q"));
      }
      assertEquals(List.of("5000|10009"), engine.rows("SELECT MIN(id), MAX(id) FROM q"));
    }
  }

  private static FileMetadata.Builder deletes(IcebergFiles there, Path file, long rows)
      throws IOException {
    return FileMetadata.deleteFileBuilder(there.table().spec())
        .ofPositionDeletes()
        .withPath(file.toString())
        .withFormat(FileFormat.PARQUET)
        .withFileSizeInBytes(Files.size(file))
        .withRecordCount(rows);
  }

  @Test
  void deletionVectorsAreApplied() throws IOException {
    IcebergFiles there =
        IcebergFiles.create(directory.resolve("work/t"), ID_NAME, PartitionSpec.unpartitioned(), 3);
    there.append("1.parquet", IDS, rows(0, 10));
    PositionDeleteIndex index =
        Deletes.toPositionIndex(CloseableIterable.withNoopClose(List.of(0L, 3L, 9L)));
    ByteBuffer vector = index.serialize();
    byte[] bytes = new byte[4 + vector.remaining()];
    vector.get(bytes, 4, vector.remaining());
    Path puffin = directory.resolve("work/t/data/v.puffin");
    Files.write(puffin, bytes);
    there
        .table()
        .newRowDelta()
        .addDeletes(
            FileMetadata.deleteFileBuilder(there.table().spec())
                .ofPositionDeletes()
                .withPath(puffin.toString())
                .withFormat(FileFormat.PUFFIN)
                .withFileSizeInBytes(bytes.length)
                .withRecordCount(3)
                .withReferencedDataFile(directory.resolve("work/t/data/1.parquet").toString())
                .withContentOffset(4)
                .withContentSizeInBytes(bytes.length - 4)
                .build())
        .commit();
    try (TestEngine engine = engine()) {
      engine.run(TABLE);
      assertEquals(List.of("1", "2", "4", "5", "6", "7", "8"), engine.rows("SELECT id FROM t"));
    }
  }

  @Test
  void filesAreLeftOutByWhatManifestsKnow() {
    try (TestEngine engine = engine()) {
      engine.run(
          "CREATE TABLE t (id BIGINT, s VARCHAR, d DOUBLE) WITH ('connector'='iceberg', 'path'='t', 'create_table'='true')");
      for (int i = 0; i < 4; i++) {
        engine.run(
            "INSERT INTO t SELECT x + %d, 'a very long text, number %d', CAST('NaN' AS DOUBLE) FROM UNNEST(SEQUENCE(0, 9)) AS u(x)"
                .formatted(i * 10, i));
      }
      assertEquals(List.of("25"), engine.rows("SELECT id FROM t WHERE id = 25"));
      assertEquals(
          List.of("10"),
          engine.rows("SELECT COUNT(*) FROM t WHERE s = 'a very long text, number 3'"));
      assertEquals(List.of("40"), engine.rows("SELECT COUNT(*) FROM t WHERE d > 5"));
      // Files that nothing can pass in are not even looked at: three are gone.
      String kept = fileOf(25);
      for (DataFile file : new IcebergFiles(directory.resolve("work/t")).planned()) {
        if (!file.location().equals(kept)) {
          assertTrue(new java.io.File(file.location()).delete());
        }
      }
      assertEquals(List.of("25"), engine.rows("SELECT id FROM t WHERE id = 25"));
      assertEquals(List.of("20", "21"), engine.rows("SELECT id FROM t WHERE id BETWEEN 20 AND 21"));
      assertTrue(engine.fails("SELECT id FROM t").getMessage().contains("is gone"));
    }
  }

  private String fileOf(long id) {
    for (DataFile file : new IcebergFiles(directory.resolve("work/t")).planned()) {
      String count =
          IcebergFiles.query(
                  "SELECT count(*) FROM '%s' WHERE id = %d".formatted(file.location(), id))
              .getFirst();
      if (count.equals("1")) {
        return file.location();
      }
    }
    throw new AssertionError(id);
  }

  private static final String QUERY =
      "CREATE STANDING QUERY q OUTPUT MODE APPEND AS SELECT id, name FROM t";

  @Test
  void aNewSnapshotIsNewRows() {
    IcebergFiles there = create(ID_NAME);
    try (TestEngine engine = engine()) {
      engine.run(TABLE, QUERY);
      engine.step("q");
      assertEquals(List.of(), engine.rows("SELECT * FROM q"));
      there.append("1.parquet", IDS, rows(0, 2));
      engine.step("q");
      assertEquals(List.of("0|n0", "1|n1"), engine.rows("SELECT * FROM q"));
      engine.reopen();
      there.append("2.parquet", IDS, rows(2, 3));
      there.append("3.parquet", IDS, rows(3, 4));
      engine.step("q");
      assertEquals(List.of("0|n0", "1|n1", "2|n2", "3|n3"), engine.rows("SELECT * FROM q"));
      // Compaction is no change.
      Table table = there.table();
      Path whole = there.file("c.parquet", IDS, rows(0, 4));
      RewriteFiles rewrite = table.newRewrite().addFile(there.described(whole, 4));
      there.planned().forEach(rewrite::deleteFile);
      rewrite.commit();
      there.append("4.parquet", IDS, rows(4, 5));
      engine.step("q");
      engine.reopen();
      assertEquals(List.of("5|4"), engine.rows("SELECT COUNT(*), MAX(id) FROM q"));
      assertEquals(List.of("q|3|5|0|0"), engine.lines("VERIFY q"));
    }
  }

  @Test
  void partsOfSnapshotsAreTakenAndRepeated() {
    IcebergFiles there = create(ID_NAME);
    there.append("1.parquet", IDS, rows(0, 100));
    there.append("2.parquet", IDS, rows(100, 130));
    try (TestEngine engine = engine()) {
      engine.run(
          TABLE,
          """
          CREATE STANDING QUERY q OUTPUT MODE UPDATE WITH ('max_rows_per_step'='40')
          AS SELECT COUNT(*) AS n, COUNT(DISTINCT id) AS d FROM t""");
      there.append("3.parquet", IDS, rows(130, 200));
      int[] expected = {40, 80, 120, 160, 200, 200};
      for (int i = 0; i < expected.length; i++) {
        engine.step("q");
        if (i % 2 == 1) {
          engine.goOnIn(engine.image("image" + i));
        }
        assertEquals(List.of(expected[i] + "|" + expected[i]), engine.rows("SELECT n, d FROM q"));
      }
    }
  }

  @Test
  void snapshotsThatRemoveRowsAreRefusedOrSkipped() {
    IcebergFiles there = create(ID_NAME);
    there.append("1.parquet", IDS, rows(0, 2));
    try (TestEngine engine = engine()) {
      engine.run(
          TABLE,
          "CREATE TABLE lenient WITH ('connector'='iceberg', 'path'='t', 'overwrites'='skip')",
          QUERY,
          "CREATE STANDING QUERY l OUTPUT MODE APPEND AS SELECT id FROM lenient");
      engine.step("q", "l");
      Path other = there.file("o.parquet", IDS, rows(50, 51));
      there
          .table()
          .newOverwrite()
          .deleteFile(there.planned().getFirst())
          .addFile(there.described(other, 1))
          .commit();
      there.append("2.parquet", IDS, rows(2, 3));
      engine.step("l");
      assertEquals(List.of("0", "1", "2"), engine.rows("SELECT * FROM l"));
      String error = stepFails(engine, "q");
      assertTrue(error.contains("removed or replaced rows (overwrite)"), error);
      assertTrue(engine.fails("VERIFY l").getMessage().contains("removed or replaced"));
    }
  }

  private static String stepFails(TestEngine engine, String query) {
    try {
      engine.step(query);
    } catch (TidemillException e) {
      return e.getMessage();
    }
    return engine.rows("SHOW QUERIES").toString();
  }

  @Test
  void historyThatIsGoneIsSaid() {
    IcebergFiles there = create(ID_NAME);
    there.append("1.parquet", IDS, rows(0, 1));
    try (TestEngine engine = engine()) {
      engine.run(TABLE, QUERY);
      engine.step("q");
      there.append("2.parquet", IDS, rows(1, 2));
      there.append("3.parquet", IDS, rows(2, 3));
      there.table().expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
      String error = stepFails(engine, "q");
      assertTrue(error.contains("have expired"), error);
    }
  }

  @Test
  void theSnapshotThatWasTakenMayExpire() {
    IcebergFiles there = create(ID_NAME);
    there.append("1.parquet", IDS, rows(0, 1));
    try (TestEngine engine = engine()) {
      engine.run(TABLE, QUERY);
      engine.step("q");
      there.append("2.parquet", IDS, rows(1, 2));
      there.table().expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
      engine.step("q");
      assertEquals(List.of("0|n0", "1|n1"), engine.rows("SELECT * FROM q"));
    }
  }

  @Test
  void aTableThatWasRolledBackIsSaid() {
    IcebergFiles there = create(ID_NAME);
    there.append("1.parquet", IDS, rows(0, 1));
    long first = there.table().currentSnapshot().snapshotId();
    there.append("2.parquet", IDS, rows(1, 2));
    try (TestEngine engine = engine()) {
      engine.run(TABLE, QUERY);
      engine.step("q");
      there.table().manageSnapshots().rollbackTo(first).commit();
      there.append("3.parquet", IDS, rows(7, 8));
      String error = stepFails(engine, "q");
      assertTrue(error.contains("rolled back"), error);
      assertEquals(List.of("0", "7"), engine.rows("SELECT id FROM t"));
    }
  }

  @Test
  void aTableIsReadAsItWas() throws InterruptedException {
    IcebergFiles there = create(ID_NAME);
    there.append("1.parquet", IDS, rows(0, 1));
    Snapshot first = there.table().currentSnapshot();
    while (System.currentTimeMillis() <= first.timestampMillis()) {
      Thread.onSpinWait();
    }
    there.append("2.parquet", IDS, rows(1, 3));
    there.table().updateSchema().renameColumn("name", "label").commit();
    try (TestEngine engine = engine()) {
      engine.run(TABLE);
      assertEquals(
          List.of("0|n0"),
          engine.rows("SELECT id, label FROM t FOR SYSTEM_VERSION AS OF " + first.snapshotId()));
      String time =
          LocalDateTime.ofInstant(Instant.ofEpochMilli(first.timestampMillis()), ZoneOffset.UTC)
              .format(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT));
      assertEquals(
          List.of("0"),
          engine.rows(
              "SELECT id FROM t FOR SYSTEM_TIME AS OF TIMESTAMP '%s' WHERE label = 'n0'"
                  .formatted(time)));
      assertEquals(
          List.of("append|1|NULL", "append|2|NULL"),
          engine.rows("SELECT operation, rows_in, rows_out FROM \"t$snapshots\""));
      assertTrue(
          engine
              .fails("SELECT id FROM t FOR SYSTEM_VERSION AS OF 5")
              .getMessage()
              .contains("no snapshot 5"));
      assertTrue(
          engine
              .fails("SELECT id FROM t FOR SYSTEM_TIME AS OF TIMESTAMP '2000-01-01 00:00:00'")
              .getMessage()
              .contains("as old as"));
      engine.fails("SELECT * FROM \"t$rows\"");
      engine.fails("DELETE FROM t");
    }
  }

  @Test
  void metadataOfACatalogIsOnlyRead() throws IOException {
    IcebergFiles there = create(ID_NAME);
    there.append("1.parquet", IDS, rows(0, 2));
    Path metadata = directory.resolve("work/t/metadata");
    Files.move(metadata.resolve("v2.metadata.json"), metadata.resolve("00002-abc.metadata.json"));
    Files.delete(metadata.resolve("v1.metadata.json"));
    Files.delete(metadata.resolve("version-hint.text"));
    try (TestEngine engine = engine()) {
      engine.run(
          TABLE,
          "CREATE TABLE f WITH ('connector'='iceberg', 'path'='t/metadata/00002-abc.metadata.json')");
      assertEquals(List.of("0|n0", "1|n1"), engine.rows("SELECT * FROM t"));
      assertEquals(List.of("0|n0", "1|n1"), engine.rows("SELECT * FROM f"));
      assertTrue(engine.fails("INSERT INTO t VALUES (1, 'x')").getMessage().contains("only read"));
    }
  }

  @Test
  void aWatermarkIsOfTheRowsTaken() {
    IcebergFiles there =
        create(new Schema(Types.NestedField.optional(1, "ts", Types.TimestampType.withoutZone())));
    String at = "SELECT TIMESTAMP '2024-01-01 00:00:00' + INTERVAL (%d) SECOND AS ts";
    there.append("1.parquet", "{ts: 1}", at.formatted(1));
    try (TestEngine engine = engine()) {
      engine.run(
          """
          CREATE TABLE t (ts TIMESTAMP(6), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
          WITH ('connector'='iceberg', 'path'='t')""",
          """
          CREATE STANDING QUERY q OUTPUT MODE APPEND AS
          SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)
          GROUP BY window_start""");
      engine.step("q");
      assertEquals(List.of(), engine.rows("SELECT n FROM q"));
      there.append("2.parquet", "{ts: 1}", at.formatted(25));
      engine.step("q");
      assertEquals(List.of("1"), engine.rows("SELECT n FROM q"));
      there.append("3.parquet", "{ts: 1}", at.formatted(3));
      engine.step("q");
      assertEquals(List.of("1"), engine.rows("SELECT n FROM q"));
      assertEquals(1, engine.rows("SELECT ts FROM t$late").size());
    }
  }
}
