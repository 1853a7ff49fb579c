package dev.tidemill.exec.join;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.scan.RuntimeFilter;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.ValueBits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a join tells scans once its build side is there: the keys it has, to those below the side
 * that probes, where probing rows without a match are dropped; and whatever {@link EarlierBuild}s
 * of joins above ask for. Immutable; of one operator.
 *
 * <pre>
 *   build side: 3 keys ──▶ {7, 9, 12} ──▶ scan on the probe side: row groups of [0, 5] left out,
 *                                         of the others only rows with 7, 9, 12
 * </pre>
 */
final class KeyFilters {
  private final List<Key> keys = new ArrayList<>();

  /**
   * @param column of the built side
   */
  private record Key(int column, List<FilterTargets.Target> targets) {}

  private KeyFilters() {}

  /** Of a join that keeps probing rows without a match. */
  static KeyFilters none() {
    return new KeyFilters();
  }

  /**
   * @param probe the input that probes
   */
  static KeyFilters of(HashJoinPlan plan, Operator probe) {
    KeyFilters filters = new KeyFilters();
    boolean buildsLeft = plan.buildsLeft();
    List<Integer> probing = buildsLeft ? plan.rightKeys() : plan.leftKeys();
    List<Integer> built = buildsLeft ? plan.leftKeys() : plan.rightKeys();
    var builtColumns = (buildsLeft ? plan.left() : plan.right()).columns();
    var probingColumns = (buildsLeft ? plan.right() : plan.left()).columns();
    for (int i = 0; i < built.size(); i++) {
      Type type = builtColumns.get(built.get(i)).type();
      if (!plan.nullsMatch().get(i)
          && KeySet.fits(type)
          && KeySet.fits(probingColumns.get(probing.get(i)).type())) {
        List<FilterTargets.Target> targets = FilterTargets.of(probe, probing.get(i));
        if (!targets.isEmpty()) {
          filters.keys.add(new Key(built.get(i), targets));
        }
      }
    }
    return filters;
  }

  /** Whether one of the scans below the probing side is {@code operator} or below it. */
  boolean reach(Operator operator) {
    for (Key key : keys) {
      for (FilterTargets.Target target : key.targets) {
        if (contains(operator, target.scan())) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean contains(Operator operator, Operator sought) {
    return operator == sought
        || operator.inputs().stream().anyMatch(input -> contains(input, sought));
  }

  /**
   * Registers the filters with their scans.
   *
   * @return to be told of the built side's columns once they are there
   */
  Filling attach(Run run, MemoryScope memory) {
    Filling filling = new Filling(memory);
    for (Key key : keys) {
      filling.add(key.column, key.targets, run);
    }
    return run.own(filling);
  }

  /** The filters of a run. */
  static final class Filling implements AutoCloseable {
    private final HeapMemory memory;

    /** By column of the built side. */
    private final Map<Integer, KeyFilter.Content> contents = new LinkedHashMap<>();

    Filling(MemoryScope memory) {
      this.memory = new HeapMemory(memory);
    }

    /**
     * Lets scans leave out rows whose value no built row has; before {@link #fill}, while operators
     * are connected.
     *
     * @param column of the built side
     */
    void add(int column, List<FilterTargets.Target> targets, Run run) {
      KeyFilter.Content content = contents.computeIfAbsent(column, c -> new KeyFilter.Content());
      for (FilterTargets.Target target : targets) {
        String name = target.scan().plan().columns().get(target.column()).name();
        target.scan().addFilter(run, new KeyFilter(target.column(), name, content));
      }
    }

    /**
     * Makes the filters known.
     *
     * @param pieces the pieces of a column of the built side, borrowed
     * @param mostBytes a filter that would be larger is left out
     */
    void fill(IntFunction<List<Column>> pieces, long mostBytes) {
      contents.forEach(
          (column, content) -> content.set = KeySet.of(pieces.apply(column), mostBytes, memory));
    }

    @Override
    public void close() {
      memory.close();
    }
  }

  /** The keys of the built side as a filter of one scan. */
  private record KeyFilter(int column, String name, Content content) implements RuntimeFilter {
    /** Shared by the scans; set before any of them asks. */
    private static final class Content {
      private volatile @Nullable KeySet set;
    }

    @Override
    public boolean isKnown() {
      return content.set != null;
    }

    private KeySet set() {
      KeySet set = content.set;
      if (set == null) {
        throw new IllegalStateException("asked before the build");
      }
      return set;
    }

    @Override
    public @Nullable ColumnFilter range() {
      KeySet set = set();
      return set.isEmpty()
          ? null
          : new ColumnFilter.Range(name, set.least(), true, set.greatest(), true);
    }

    @Override
    public int select(Column values, int[] rows, int count, int[] passed) {
      return set().select(values, rows, count, passed);
    }

    @Override
    public @Nullable ValueBits bits() {
      return set().bits();
    }
  }
}
