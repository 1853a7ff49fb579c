package dev.tidemill.streaming.pipeline;

import static dev.tidemill.streaming.pipeline.PipelineTables.COLUMNS;
import static dev.tidemill.streaming.pipeline.PipelineTables.LEFT;
import static dev.tidemill.streaming.pipeline.PipelineTables.batch;
import static dev.tidemill.streaming.pipeline.PipelineTables.difference;
import static dev.tidemill.streaming.pipeline.PipelineTables.growing;
import static dev.tidemill.streaming.pipeline.PipelineTables.net;
import static dev.tidemill.streaming.pipeline.PipelineTables.row;
import static dev.tidemill.streaming.pipeline.PipelineTables.seed;
import static dev.tidemill.streaming.pipeline.PipelineTables.stepRows;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.planner.delta.StandingPlanner;
import dev.tidemill.storage.table.InputKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** MATCH_RECOGNIZE: after every step the batch result, with rows that go and with restarts. */
class PipelineMatchesTest {
  @Test
  void matchesFollowTheirRows() {
    for (int round = 0; round < Integer.getInteger("tidemill.rounds", 60); round++) {
      long seed = seed() + round;
      Random random = new Random(new SplittableRandom(seed).nextLong());
      boolean changing = random.nextBoolean();
      int keys = 1 + random.nextInt(3);
      Map<TableReference, DeltaTable> tables = new LinkedHashMap<>();
      tables.put(LEFT, new DeltaTable(COLUMNS, InputKind.GROWING));
      BatchPlan plan = RandomMatches.match(random, new ScanPlan(LEFT, COLUMNS, List.of(), -1, -1));
      StandingPlan standing =
          StandingPlanner.plan(plan, Map.of(LEFT, growing(changing)), List.of(), Map.of());
      String what = "seed " + seed + ", " + plan;
      DeltaTable table = tables.get(LEFT);
      try (PipelineHarness harness = new PipelineHarness(standing, OutputMode.UPDATE, tables)) {
        for (int i = 0; i < 8; i++) {
          List<List<@Nullable Object>> there = changing ? net(table) : List.of();
          for (int n = stepRows(random); n > 0; n--) {
            if (changing && !there.isEmpty() && random.nextInt(3) == 0) {
              table.add(new DeltaTable.Change(there.remove(random.nextInt(there.size())), -1));
              continue;
            }
            List<@Nullable Object> row = row(random, random.nextInt(40));
            row.set(0, random.nextInt(40) == 0 ? null : random.nextInt(keys));
            table.add(new DeltaTable.Change(row, 1));
          }
          harness.step(random, false);
          assertEquals(
              "", difference(batch(plan, tables, Map.of()), harness.result), what + ", step " + i);
        }
      } catch (RuntimeException e) {
        throw new AssertionError(what, e);
      }
    }
  }
}
