package dev.tidemill.streaming.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.storage.file.LocalFileSystem;
import dev.tidemill.storage.table.Offset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepLogTest {
  @TempDir Path directory;

  private StepLog open() {
    return new StepLog(new LocalFileSystem(), directory.resolve("steps.log").toString());
  }

  private static LogRecord.Plan plan(long step) {
    LogRecord.TableRange range =
        new LogRecord.TableRange(
            List.of("main", "größe"), new Offset("" + step), new Offset("" + (step + 7)), false);
    return new LogRecord.Plan(
        step, step * 1000, List.of(new LogRecord.Share("q", List.of(range), false)));
  }

  /**
   * Steps are added and dropped, the log is opened anew or its end is torn: what is there is what
   * was kept.
   */
  @Test
  void hasWhatWasAddedAndNotDropped() throws IOException {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<LogRecord> expected = new ArrayList<>();
    StepLog log = open();
    try {
      long step = 0;
      for (int i = 0; i < 2_000; i++) {
        switch (random.nextInt(40)) {
          case 0 -> {
            log.close();
            Path file = directory.resolve("steps.log");
            if (random.nextBoolean()) {
              Files.writeString(file, Files.readString(file) + "12345678 {\"record\":\"pl");
            }
            log = open();
          }
          case 1 -> {
            long first = Math.max(0, step - random.nextInt(30));
            log.dropBefore(first);
            expected.removeIf(record -> record.step() < first);
          }
          default -> {
            LogRecord.Plan plan = plan(++step);
            log.appendDurably(plan);
            expected.add(plan);
            if (random.nextInt(10) > 0) {
              LogRecord.Commit commit =
                  new LogRecord.Commit(step, i % 5 == 0 ? Map.of("q", "no\nroom") : Map.of());
              log.append(commit);
              expected.add(commit);
            }
          }
        }
        if (i % 20 == 0) {
          assertEquals(expected, log.records(), () -> "seed " + seed);
        }
        assertEquals(expected.isEmpty() ? -1 : expected.getLast().step(), log.lastStep());
      }
      assertEquals(expected, log.records(), () -> "seed " + seed);
    } finally {
      log.close();
    }
  }
}
