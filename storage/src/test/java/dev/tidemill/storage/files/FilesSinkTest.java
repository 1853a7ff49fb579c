package dev.tidemill.storage.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.storage.file.FaultyFileSystem;
import dev.tidemill.storage.file.LocalFileSystem;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories written step by step, read while they are written, and what crashes leave. */
final class FilesSinkTest {
  @TempDir private Path directory;
  private TableTester tester;

  @BeforeEach
  void open() {
    tester = new TableTester(directory, null);
  }

  @AfterEach
  void close() {
    tester.close();
  }

  private static String message(Runnable action) {
    return String.valueOf(assertThrows(TidemillException.class, action::run).getMessage());
  }

  private static List<List<Object>> numbers(long from, long to) {
    List<List<Object>> rows = new ArrayList<>();
    for (long i = from; i < to; i++) {
      rows.add(List.of(i));
    }
    return rows;
  }

  private Table table(String... options) {
    List<String> all = new ArrayList<>(List.of("path", "out", "format", "json"));
    all.addAll(List.of(options));
    return tester.table("x BIGINT", all.toArray(String[]::new));
  }

  private Set<String> files(String path) {
    try (Stream<Path> list = Files.list(tester.path(path))) {
      return list.map(f -> f.getFileName().toString()).collect(Collectors.toSet());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aReaderFollowsTheWriterToItsEnd() {
    Table reader = table();
    Offset start = reader.start();
    assertFalse(reader.advance(start, 9).ended());
    Table writer = table();
    try (TableSink sink = writer.sink("q")) {
      assertEquals(-1, sink.lastStep());
      tester.step(sink, writer, 0, SinkMode.APPEND, numbers(0, 3));
      Advance one = reader.advance(start, Long.MAX_VALUE);
      assertEquals(numbers(0, 3), tester.rows(reader, start, one.to()));
      assertFalse(one.ended());
      // a step that is not committed is not there
      try (TableSink.StepWriter open = sink.begin(1, SinkMode.APPEND, tester.scope)) {
        tester.write(open, writer, numbers(50, 60), RowOperation.INSERT);
        assertEquals(0, reader.advance(one.to(), 9).rows());
      }
      tester.step(sink, writer, 1, SinkMode.APPEND, List.of());
      tester.step(sink, writer, 5, SinkMode.APPEND, numbers(3, 5));
      assertEquals(5, sink.lastStep());
      Advance two = reader.advance(one.to(), 1);
      Advance three = reader.advance(two.to(), 9);
      assertEquals(numbers(3, 5), tester.rows(reader, one.to(), three.to()));
      assertEquals(InputKind.GROWING, reader.inputKind());
      sink.end();
      sink.end();
      assertTrue(reader.advance(three.to(), 9).ended());
      assertEquals(InputKind.BOUNDED, reader.inputKind());
      assertEquals(numbers(0, 5), tester.all(table()));
    }
    assertEquals(
        List.of("{\"x\":0}", "{\"x\":1}", "{\"x\":2}"),
        tester.read("out/part-0000000000.json").lines().toList());
  }

  @Test
  void updateModeWritesAChangelog() {
    Table writer = table();
    try (TableSink sink = writer.sink("q")) {
      try (TableSink.StepWriter step = sink.begin(7, SinkMode.UPDATE, tester.scope)) {
        tester.write(step, writer, numbers(1, 2), RowOperation.INSERT);
        tester.write(step, writer, numbers(2, 3), RowOperation.UPDATE);
        tester.write(step, writer, numbers(3, 4), RowOperation.DELETE);
        step.commit();
      }
    }
    Table changelog = tester.table("", "path", "out");
    assertEquals(List.of("x BIGINT", "op VARCHAR", "step BIGINT"), TableTester.types(changelog));
    assertEquals(
        List.of(List.of(1L, "I", 7L), List.of(2L, "U", 7L), List.of(3L, "D", 7L)),
        tester.all(changelog));
    assertTrue(message(() -> tester.all(table())).contains("holds a changelog"));
    Table reserved = tester.table("op BIGINT", "path", "other", "format", "json");
    try (TableSink sink = reserved.sink("q")) {
      assertTrue(
          message(() -> sink.begin(0, SinkMode.UPDATE, tester.scope))
              .contains("a column of its own named op"));
    }
  }

  @Test
  void completeModeReplacesWhatReadersSee() {
    Table reader = table();
    Table writer = table();
    try (TableSink sink = writer.sink("q")) {
      tester.step(sink, writer, 0, SinkMode.COMPLETE, numbers(0, 3));
      Offset before = reader.end();
      tester.step(sink, writer, 1, SinkMode.COMPLETE, numbers(10, 12));
      assertEquals(numbers(10, 12), tester.all(reader));
      assertEquals(
          numbers(0, 3), tester.rows(reader, reader.start(), before), "who began to read may end");
      assertTrue(
          message(() -> reader.advance(reader.start(), 9)).contains("written in COMPLETE mode"));
      tester.passSeconds(61);
      tester.step(sink, writer, 2, SinkMode.COMPLETE, List.of());
      assertEquals(List.of(), tester.all(reader));
      assertEquals(Set.of("_tidemill", "part-0000000001.json"), files("out"));
      assertTrue(message(() -> tester.rows(reader, reader.start(), before)).contains("gone"));
      sink.end();
      assertTrue(reader.advance(reader.start(), 9).ended());
    }
  }

  @Test
  void writersAreToldApart() {
    Table writer = table();
    try (TableSink sink = writer.sink(TableSink.INSERT)) {
      tester.step(sink, writer, 0, SinkMode.APPEND, numbers(0, 1));
      assertTrue(message(() -> table().sink("q")).contains("is in use by the writer 'insert'"));
    }
    try (TableSink sink = writer.sink("q")) {
      assertEquals(-1, sink.lastStep());
      tester.step(sink, writer, 0, SinkMode.APPEND, numbers(1, 2));
      assertTrue(
          message(() -> sink.begin(1, SinkMode.UPDATE, tester.scope))
              .contains("was written in APPEND mode"));
      sink.end();
    }
    try (TableSink sink = writer.sink("r")) {
      assertTrue(
          message(() -> sink.begin(0, SinkMode.APPEND, tester.scope))
              .contains("finished output of another"));
    }
    Table reader = table();
    Offset end = reader.advance(reader.start(), 9).to();
    try (TableSink sink = table("existing", "replace").sink("r")) {
      tester.step(sink, writer, 0, SinkMode.APPEND, numbers(5, 6));
      tester.step(sink, writer, 1, SinkMode.APPEND, numbers(6, 7));
    }
    assertEquals(numbers(5, 7), tester.all(reader));
    assertTrue(message(() -> reader.advance(end, 9)).contains("were replaced"));
  }

  @Test
  void directoriesOfOthersAreNotWrittenTo() {
    tester.put("out/x.json", "{\"x\":1}\n");
    assertTrue(message(() -> table().sink("q")).contains("holds files of others (x.json)"));
    assertTrue(
        message(() -> tester.table("x BIGINT", "path", "a.json").sink("q"))
            .contains("cannot be written to"));
    Table pattern = tester.table("x BIGINT", "path", "out/*.json");
    assertEquals(Set.of(), pattern.sinkModes());
    Table writer = tester.table("x BIGINT", "path", "mine", "format", "json");
    try (TableSink sink = writer.sink("q")) {
      tester.step(sink, writer, 0, SinkMode.APPEND, numbers(0, 1));
    }
    assertTrue(
        message(() -> tester.table("x BIGINT", "path", "mine/*.json").end())
            .contains("give the directory"));
  }

  @Test
  void theManifestDoesNotGrowForEver() {
    Table writer = table();
    Table reader = table();
    Offset from = reader.start();
    long taken = 0;
    try (TableSink sink = writer.sink("q")) {
      for (int step = 0; step < 700; step++) {
        tester.step(
            sink,
            writer,
            step,
            SinkMode.APPEND,
            step % 100 == 0 ? numbers(taken, taken + 1) : List.of());
        Advance advance = reader.advance(from, 9);
        taken += advance.rows();
        from = advance.to();
      }
    }
    assertEquals(7, taken);
    assertEquals(numbers(0, 7), tester.all(reader));
    assertEquals(Set.of("lock", "manifest-0000000002.log"), files("out/_tidemill"));
    try (TableSink sink = writer.sink("q")) {
      assertEquals(699, sink.lastStep());
    }
  }

  @Test
  void otherFormatsAreWrittenTheSameWay() {
    for (String format : List.of("csv", "parquet")) {
      Table writer = tester.table("x BIGINT", "path", "as-" + format, "format", format);
      try (TableSink sink = writer.sink("q")) {
        tester.step(sink, writer, 0, SinkMode.APPEND, numbers(0, 3));
        tester.step(sink, writer, 1, SinkMode.APPEND, numbers(3, 4));
      }
      assertEquals(numbers(0, 4), tester.all(tester.table("", "path", "as-" + format)));
    }
  }

  /**
   * Whatever operation a process dies at: what is seen afterwards is whole steps, and going on
   * completes the rest.
   */
  @Test
  void everyCrashLeavesWholeSteps() {
    for (SinkMode mode : List.of(SinkMode.APPEND, SinkMode.COMPLETE)) {
      boolean died = true;
      for (int dieAt = 0; died; dieAt++) {
        String path = "crash-" + mode + "-" + dieAt;
        FaultyFileSystem faulty = new FaultyFileSystem(dieAt);
        tester.use(faulty);
        died = !run(path, mode, faulty);
        tester.use(new LocalFileSystem());
        Table table = tester.table("x BIGINT", "path", path, "format", "json");
        try (TableSink sink = table.sink("q")) {
          assertEquals(expected(mode, sink.lastStep()), seen(table), path);
          for (long step = sink.lastStep() + 1; step < 4; step++) {
            tester.step(sink, table, step, mode, numbers(step * 2, step * 2 + 2));
            assertEquals(expected(mode, step), seen(table), path);
          }
          sink.end();
        }
        assertTrue(table.advance(table.start(), 9).ended(), path);
        assertTrue(files(path).size() <= (mode == SinkMode.APPEND ? 5 : 6), files(path)::toString);
      }
    }
  }

  private boolean run(String path, SinkMode mode, FaultyFileSystem faulty) {
    try {
      Table table = tester.table("x BIGINT", "path", path, "format", "json");
      try (TableSink sink = table.sink("q")) {
        for (long step = 0; step < 4; step++) {
          tester.step(sink, table, step, mode, numbers(step * 2, step * 2 + 2));
        }
      }
      return true;
    } catch (FaultyFileSystem.Death e) {
      faulty.bury();
      return false;
    }
  }

  private List<List<@Nullable Object>> seen(Table table) {
    return tester.all(table);
  }

  private static List<List<Object>> expected(SinkMode mode, long lastStep) {
    if (lastStep < 0) {
      return List.of();
    }
    return mode == SinkMode.APPEND
        ? numbers(0, lastStep * 2 + 2)
        : numbers(lastStep * 2, lastStep * 2 + 2);
  }
}
