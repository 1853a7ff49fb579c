package dev.tidemill.engine;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.foundation.type.Type;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Two multisets of rows: what one has more than the other. Numbers in floating point may differ by
 * 1e-12 of themselves, since sums depend on their order.
 *
 * <p>Rows that are equal in everything else are paired by their numbers. They are split where a
 * column has a gap, column by column until none has: rows that are close stay together. What is
 * left are mostly rows that are all close to each other, of which any two are a pair; of others the
 * most pairs are looked for.
 *
 * <pre>
 *   kept      (1.0, 5.0)  (1.0 + 1e-16, 3.0)        split at 3.0 | 5.0: two pairs, though by the
 *   batch     (1.0, 3.0)  (1.0 + 1e-16, 5.0)        first column the rows come in another order
 * </pre>
 */
final class RowDifference {
  private static final double TOLERANCE = 1e-12;
  private static final char APART = '\u0001';

  private final List<Type> types;

  /** By the values that are not floating point, those that are, of one side and the other. */
  private final Map<String, Sides> rows = new HashMap<>();

  /** Those of them that are final: equal rows are alike. */
  private final Set<String> finalRows = new HashSet<>();

  private long kept;

  RowDifference(List<Type> types) {
    this.types = List.copyOf(types);
  }

  /**
   * What was found.
   *
   * @param unexpected rows that only the kept result has
   * @param missing rows that only the other has
   * @param lost those of them that are final
   * @param example one of them
   */
  record Found(long unexpected, long missing, long lost, @Nullable String example) {}

  /** Rows of the kept result and of the other, by their numbers in floating point. */
  private record Sides(List<double[]> ours, List<double[]> theirs) {}

  /** How many rows the kept result has. */
  long rows() {
    return kept;
  }

  /**
   * Adds rows.
   *
   * @param sign 1 for rows of the kept result
   * @param isFinal by row of the batch
   */
  void add(Batch batch, int sign, boolean[] isFinal) {
    for (int i = 0; i < batch.rowCount(); i++) {
      int row = batch.row(i);
      StringBuilder text = new StringBuilder();
      double[] numbers = new double[types.size()];
      int count = 0;
      for (int column = 0; column < types.size(); column++) {
        Object value = batch.column(column).value(row);
        text.append(APART);
        if (value instanceof Double || value instanceof Float) {
          numbers[count++] = ((Number) value).doubleValue();
          text.append('f');
        } else {
          text.append(
              value == null
                  ? "NULL"
                  : "'" + ValueFormat.format(types.get(column), value, ZoneOffset.UTC));
        }
      }
      add(text.toString(), Arrays.copyOf(numbers, count), sign);
      if (isFinal[row]) {
        finalRows.add(text.toString());
      }
    }
  }

  private void add(String others, double[] numbers, int sign) {
    Sides sides =
        rows.computeIfAbsent(others, k -> new Sides(new ArrayList<>(), new ArrayList<>()));
    (sign > 0 ? sides.ours : sides.theirs).add(numbers);
    kept += sign > 0 ? 1 : 0;
  }

  Found find() {
    long unexpected = 0;
    long missing = 0;
    long lost = 0;
    boolean isDifference = false;
    String example = null;
    for (Map.Entry<String, Sides> entry : rows.entrySet()) {
      Sides rest = rest(entry.getValue());
      unexpected += rest.ours.size();
      missing += rest.theirs.size();
      boolean isLost = !rest.theirs.isEmpty() && finalRows.contains(entry.getKey());
      lost += isLost ? rest.theirs.size() : 0;
      boolean isOurs = !rest.ours.isEmpty();
      boolean differs = isOurs || isLost;
      if (example == null && !rest.theirs.isEmpty() || !isDifference && differs) {
        isDifference = differs;
        example =
            (isOurs ? "only in the result: " : "only in the batch query: ")
                + text(entry.getKey(), isOurs ? rest.ours.get(0) : rest.theirs.get(0));
      }
    }
    return new Found(unexpected, missing, lost, example);
  }

  /** The rows of either side that have no other to be paired with. */
  private static Sides rest(Sides all) {
    Sides rest = new Sides(new ArrayList<>(), new ArrayList<>());
    ArrayDeque<Sides> open = new ArrayDeque<>(List.of(all));
    while (!open.isEmpty()) {
      Sides sides = open.pop();
      if (sides.ours.isEmpty() || sides.theirs.isEmpty()) {
        rest.ours.addAll(sides.ours);
        rest.theirs.addAll(sides.theirs);
        continue;
      }
      List<Sides> parts = split(sides);
      if (parts.size() > 1) {
        open.addAll(parts);
      } else if (allClose(sides)) {
        int pairs = Math.min(sides.ours.size(), sides.theirs.size());
        rest.ours.addAll(sides.ours.subList(pairs, sides.ours.size()));
        rest.theirs.addAll(sides.theirs.subList(pairs, sides.theirs.size()));
      } else {
        match(sides, rest);
      }
    }
    return rest;
  }

  /** The rows apart at the gaps of the first column that has some. */
  private static List<Sides> split(Sides sides) {
    int columns = sides.ours.get(0).length;
    for (int c = 0; c < columns; c++) {
      double[] sorted = sorted(sides, c);
      List<Sides> parts = new ArrayList<>();
      List<Double> ends = new ArrayList<>();
      for (int i = 1; i <= sorted.length; i++) {
        if (i == sorted.length || !isClose(sorted[i - 1], sorted[i])) {
          ends.add(sorted[i - 1]);
          parts.add(new Sides(new ArrayList<>(), new ArrayList<>()));
        }
      }
      if (parts.size() > 1) {
        double[] lasts = ends.stream().mapToDouble(Double::doubleValue).toArray();
        for (double[] row : sides.ours) {
          parts.get(part(lasts, row[c])).ours.add(row);
        }
        for (double[] row : sides.theirs) {
          parts.get(part(lasts, row[c])).theirs.add(row);
        }
        return parts;
      }
    }
    return List.of(sides);
  }

  /** The first part whose last value is not before a value. */
  private static int part(double[] lasts, double value) {
    int found = Arrays.binarySearch(lasts, value);
    return found >= 0 ? found : -found - 1;
  }

  private static double[] sorted(Sides sides, int column) {
    double[] values = new double[sides.ours.size() + sides.theirs.size()];
    int count = 0;
    for (double[] row : sides.ours) {
      values[count++] = row[column];
    }
    for (double[] row : sides.theirs) {
      values[count++] = row[column];
    }
    Arrays.sort(values);
    return values;
  }

  private static boolean allClose(Sides sides) {
    for (int c = 0; c < sides.ours.get(0).length; c++) {
      double[] sorted = sorted(sides, c);
      if (!isClose(sorted[0], sorted[sorted.length - 1])) {
        return false;
      }
    }
    return true;
  }

  /** Finds the most pairs of close rows, by augmenting paths; rows without one are the rest. */
  private static void match(Sides sides, Sides rest) {
    List<double[]> ours = sides.ours;
    List<double[]> theirs = sides.theirs;
    int[] pairOfTheirs = new int[theirs.size()];
    Arrays.fill(pairOfTheirs, -1);
    int[] cameFrom = new int[theirs.size()];
    for (int first = 0; first < ours.size(); first++) {
      Arrays.fill(cameFrom, -1);
      ArrayDeque<Integer> open = new ArrayDeque<>(List.of(first));
      int end = -1;
      while (end < 0 && !open.isEmpty()) {
        int from = open.pop();
        for (int to = 0; to < theirs.size() && end < 0; to++) {
          if (cameFrom[to] < 0 && isClose(ours.get(from), theirs.get(to))) {
            cameFrom[to] = from;
            if (pairOfTheirs[to] < 0) {
              end = to;
            } else {
              open.add(pairOfTheirs[to]);
            }
          }
        }
      }
      if (end < 0) {
        rest.ours.add(ours.get(first));
      }
      while (end >= 0) {
        int from = cameFrom[end];
        int before = from == first ? -1 : indexOf(pairOfTheirs, from);
        pairOfTheirs[end] = from;
        end = before;
      }
    }
    for (int i = 0; i < pairOfTheirs.length; i++) {
      if (pairOfTheirs[i] < 0) {
        rest.theirs.add(theirs.get(i));
      }
    }
  }

  private static int indexOf(int[] values, int value) {
    int i = 0;
    while (values[i] != value) {
      i++;
    }
    return i;
  }

  private static boolean isClose(double[] a, double[] b) {
    for (int i = 0; i < a.length; i++) {
      if (!isClose(a[i], b[i])) {
        return false;
      }
    }
    return true;
  }

  /** Of three numbers in order the middle one is close to both others if these are close. */
  private static boolean isClose(double a, double b) {
    double greater = Math.max(Math.abs(a), Math.abs(b));
    return Double.compare(a, b) == 0
        || Double.isFinite(greater) && Math.abs(a - b) <= TOLERANCE * greater;
  }

  private static String text(String key, double[] numbers) {
    List<String> values = new ArrayList<>();
    int number = 0;
    for (String part : key.substring(1).split(String.valueOf(APART), -1)) {
      values.add(
          switch (part.charAt(0)) {
            case 'f' -> String.valueOf(numbers[number++]);
            case '\'' -> part.substring(1);
            default -> part;
          });
    }
    return String.join(", ", values);
  }
}
