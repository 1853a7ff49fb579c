package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.streaming.aggregate.StandingGroups;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of groups, and what a step has changed of them. */
final class GroupChanges {
  /** Groups that are looked at at once. */
  static final int ROOM = Batch.MAX_ROWS / 2;

  private final StandingGroups groups;
  private final List<Type> callTypes;
  private final Layout layout;
  private final boolean[] differs = new boolean[ROOM];

  /** How the row of a group is made. */
  interface Layout {
    /** The row's columns, of groups' keys and their calls' results, which are lent. */
    List<Column> columns(List<Column> keys, List<Column> results, MemoryScope memory);
  }

  /** Keys, then results. */
  static final Layout PLAIN =
      (keys, results, memory) -> {
        List<Column> columns = new ArrayList<>();
        keys.forEach(key -> columns.add(key.retain()));
        results.forEach(result -> columns.add(result.retain()));
        return columns;
      };

  /**
   * @param callTypes of the calls' results
   */
  GroupChanges(StandingGroups groups, List<Type> callTypes, Layout layout) {
    this.groups = groups;
    this.callTypes = callTypes;
    this.layout = layout;
  }

  /** The old and the new rows of touched groups from a place on, where they differ, or null. */
  @Nullable Batch changed(int from, int count, MemoryScope memory) {
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = groups.group(from + i);
    }
    List<Column> owned = new ArrayList<>();
    try {
      List<Column> before = groups.before(from, count, memory);
      owned.addAll(before);
      List<Column> now = groups.now(ids, count, memory);
      owned.addAll(now);
      RowDifferences.mark(before, now, differs, count);
      int[] rows = new int[count * 2];
      long[] weights = new long[count * 2];
      int length = 0;
      for (int i = 0; i < count; i++) {
        boolean was = groups.wasThere(from + i);
        boolean is = groups.isThere(ids[i]);
        if (was && (!is || differs[i])) {
          rows[length] = i;
          weights[length++] = -1;
        }
        if (is && (!was || differs[i])) {
          rows[length] = count + i;
          weights[length++] = 1;
        }
      }
      return length == 0 ? null : delta(ids, before, now, rows, weights, length, memory);
    } finally {
      owned.forEach(Column::close);
    }
  }

  /** Rows of {@code before} followed by {@code now}, with the keys of their groups. */
  private Batch delta(
      int[] ids,
      List<Column> before,
      List<Column> now,
      int[] rows,
      long[] weights,
      int length,
      MemoryScope memory) {
    int[] keyRows = new int[length];
    for (int i = 0; i < length; i++) {
      keyRows[i] = rows[i] < ids.length ? rows[i] : rows[i] - ids.length;
    }
    List<Column> keys = new ArrayList<>();
    List<Column> results = new ArrayList<>();
    List<Column> all = groups.keys(ids, ids.length);
    try {
      for (Column key : all) {
        keys.add(Columns.take(key, keyRows, 0, length, memory));
      }
      for (int i = 0; i < before.size(); i++) {
        try (Column both =
            Columns.concat(List.of(before.get(i), now.get(i)), callTypes.get(i), memory)) {
          results.add(Columns.take(both, rows, 0, length, memory));
        }
      }
      return new Batch(
          length,
          layout.columns(keys, results, memory),
          null,
          DeltaWeights.column(weights, length, memory));
    } finally {
      all.forEach(Column::close);
      keys.forEach(Column::close);
      results.forEach(Column::close);
    }
  }

  /** The rows of groups as they are. */
  Batch rows(int[] ids, MemoryScope memory) {
    List<Column> keys = groups.keys(ids, ids.length);
    List<Column> results = List.of();
    try {
      results = groups.now(ids, ids.length, memory);
      return new Batch(ids.length, layout.columns(keys, results, memory));
    } finally {
      keys.forEach(Column::close);
      results.forEach(Column::close);
    }
  }
}
