package dev.tidemill.storage.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that come and go by the thousand: each is taken once, and what is kept of it is little. */
final class IntakeLogTest {
  private static final int ROUNDS = 40;
  private static final int FILES = 250;

  @TempDir private Path directory;

  private static String name(int file) {
    return "a-rather-long-name-of-a-file-" + file + ".json";
  }

  private static String row(long value) {
    return "{\"x\":" + value + "}\n";
  }

  private long logBytes() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("db"))) {
      for (Path file : files.toList()) {
        if (file.endsWith("intake.log")) {
          return Files.size(file);
        }
      }
    }
    throw new AssertionError("no log");
  }

  /** Each round is a process of its own, which takes what is there in two steps. */
  @Test
  void eachFileIsTakenOnce() throws IOException {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    Offset taken = null;
    List<Object> rows = new ArrayList<>();
    List<Object> expected = new ArrayList<>();
    List<Integer> there = new ArrayList<>();
    long longest = 0;
    int files = 0;
    for (int round = 0; round < ROUNDS; round++) {
      try (TableTester tester =
          new TableTester(directory.resolve("data"), directory.resolve("db"))) {
        for (int i = 0; i < FILES; i++) {
          expected.add((long) files);
          there.add(files);
          tester.put(name(files), row(files), 1_000 + files++);
        }
        // some that were taken long ago come back as they were, one of the names has other rows
        int old = files > 3000 ? random.nextInt(files - 3000) : -1;
        if (old >= 0 && !there.contains(old)) {
          tester.put(name(old), row(old), 1_000 + old);
          there.add(old);
        }
        if (round == ROUNDS - 1) {
          tester.put(name(7), row(-7), 50);
          there.add(7);
          expected.add(-7L);
        }
        Table table = tester.table("x BIGINT", "path", ".");
        for (int step = 0; step < 2; step++) {
          Offset from = taken == null ? table.start() : taken;
          Offset to = table.advance(from, step == 0 ? FILES / 2 : FILES * 2).to();
          tester.rows(table, from, to).forEach(row -> rows.add(row.getFirst()));
          taken = to;
        }
        if (old >= 0 && there.contains(old)) {
          List<List<Object>> all = new ArrayList<>();
          tester.all(table).forEach(row -> all.add(List.of(row.getFirst())));
          assertTrue(all.contains(List.of((Object) (long) old)), "seed " + seed);
          assertEquals(there.size(), all.size(), "seed " + seed);
        }
        while (there.size() > 100) {
          int gone = there.remove(random.nextInt(there.size()));
          Files.delete(tester.path(name(gone)));
        }
        longest = Math.max(longest, logBytes());
      }
    }
    rows.sort(null);
    expected.sort(null);
    assertEquals(expected, rows, "seed " + seed);
    // 10,000 files: names of 3,400 and the fingerprints of the others
    assertFalse(longest > 3_400 * 80 + files * 11L, "the log had " + longest + " bytes");
  }

  /** A directory that is empty for a while, since it is not mounted, has the same files again. */
  @Test
  void allComeBack() throws IOException {
    try (TableTester tester = new TableTester(directory.resolve("data"), directory.resolve("db"))) {
      for (int i = 0; i < 4_000; i++) {
        tester.put(name(i), row(i), 1_000 + i);
      }
      Table table = tester.table("x BIGINT", "path", ".");
      Offset taken = table.advance(table.start(), Long.MAX_VALUE).to();
      Path away = directory.resolve("away");
      Files.move(directory.resolve("data"), away);
      Files.createDirectory(directory.resolve("data"));
      assertEquals(0, table.advance(taken, 10).rows());
      long bytes = logBytes();
      Files.delete(directory.resolve("data"));
      Files.move(away, directory.resolve("data"));
      for (Table again : List.of(table, tester.table("x BIGINT", "path", "."))) {
        assertEquals(0, again.advance(taken, 10).rows());
        assertEquals(4_000, tester.rows(again, again.start(), taken).size());
      }
      assertTrue(bytes < 150_000, () -> "the log had " + bytes + " bytes");
    }
  }
}
