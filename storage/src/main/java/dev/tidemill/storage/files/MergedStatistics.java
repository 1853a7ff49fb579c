package dev.tidemill.storage.files;

import dev.tidemill.storage.table.TableStatistics;
import dev.tidemill.storage.table.TableStatistics.ColumnStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Statistics of a table from those of its files; of many files, from the first ones. Remembers the
 * last answer.
 */
public final class MergedStatistics {
  private static final int LOOKED_AT = 256;

  private final FileFormat format;
  private final Schema schema;
  private List<DataFile> lastFiles = List.of();
  private @Nullable TableStatistics last;

  public MergedStatistics(FileFormat format, Schema schema) {
    this.format = format;
    this.schema = schema;
  }

  public synchronized TableStatistics of(List<DataFile> files) {
    TableStatistics known = last;
    if (known == null || !files.equals(lastFiles)) {
      known = merge(files);
      last = known;
      lastFiles = List.copyOf(files);
    }
    return known;
  }

  private TableStatistics merge(List<DataFile> files) {
    double rows = 0;
    double bytes = 0;
    double lookedAtBytes = 0;
    Map<String, ColumnStatistics> columns = new HashMap<>();
    int number = 0;
    for (DataFile file : files) {
      bytes += file.size();
      if (number < LOOKED_AT) {
        TableStatistics one = format.statistics(file, schema);
        rows = rows < 0 || one.rows() < 0 ? -1 : rows + one.rows();
        lookedAtBytes += file.size();
        if (number == 0) {
          columns.putAll(one.columns());
        } else {
          columns.keySet().retainAll(one.columns().keySet());
          columns.replaceAll((name, before) -> merge(before, one.columns().get(name)));
        }
      }
      number++;
    }
    if (files.size() > LOOKED_AT) {
      columns.clear();
      rows = rows < 0 || lookedAtBytes == 0 ? -1 : rows * bytes / lookedAtBytes;
    }
    return new TableStatistics(rows, bytes, columns);
  }

  private static ColumnStatistics merge(ColumnStatistics one, @Nullable ColumnStatistics other) {
    if (other == null) {
      return one;
    }
    return new ColumnStatistics(
        bound(one.min(), other.min(), -1),
        bound(one.max(), other.max(), 1),
        one.nulls() < 0 || other.nulls() < 0 ? -1 : one.nulls() + other.nulls(),
        distinct(one, other),
        Math.max(one.averageBytes(), other.averageBytes()));
  }

  /** Files whose values lie side by side have their own; others are taken to share theirs. */
  private static double distinct(ColumnStatistics one, ColumnStatistics other) {
    if (one.distinct() < 0 || other.distinct() < 0) {
      return -1;
    }
    return isBelow(one, other) || isBelow(other, one)
        ? one.distinct() + other.distinct()
        : Math.max(one.distinct(), other.distinct());
  }

  /** Whether all values of one are known to be less than all of another. */
  private static boolean isBelow(ColumnStatistics one, ColumnStatistics other) {
    Object max = one.max();
    Object min = other.min();
    return max != null && min != null && !max.equals(min) && max.equals(bound(max, min, -1));
  }

  /** The lesser (sign -1) or greater (1) of two values of one class, null where one is unknown. */
  private static @Nullable Object bound(@Nullable Object one, @Nullable Object other, int sign) {
    if (one instanceof Comparable<?> && other != null && one.getClass() == other.getClass()) {
      @SuppressWarnings("unchecked")
      int order = ((Comparable<Object>) one).compareTo(other);
      return order * sign >= 0 ? one : other;
    }
    return null;
  }
}
