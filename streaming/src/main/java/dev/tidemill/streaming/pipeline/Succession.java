package dev.tidemill.streaming.pipeline;

import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.DeltaAggregatePlan;
import dev.tidemill.plan.delta.DeltaJoinPlan;
import dev.tidemill.plan.delta.DeltaPartitionPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.delta.DynamicFilterPlan;
import dev.tidemill.plan.delta.LinearPlan;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.RecomputePlan;
import dev.tidemill.plan.delta.SessionGroups;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.delta.StaticPlan;
import dev.tidemill.plan.delta.TimeFilterPlan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the operators of a plan take over from those of another, at the cut where these stand: which
 * keep their state, and how the others get theirs without the source.
 *
 * <pre>
 *   before             now
 *                      project                 rebuilt: takes all groups as rows that come
 *                        │
 *                      filter n &gt; 3            rebuilt
 *                        │
 *   aggregate by v     aggregate by v          kept, and gives out its groups once
 *     │                  │
 *   scan of t          scan of t               kept
 * </pre>
 *
 * <p>From the root of the new plan down, a part whose rows as a whole are held somewhere is kept,
 * with everything below it; what is above it is rebuilt from those rows. Held are
 *
 * <ul>
 *   <li>the rows of the old root, where the query keeps its result,
 *   <li>the groups of an aggregate of which none end,
 *   <li>the rows that a join or a plan by partition takes, where it keeps all of them; a join that
 *       keeps those with keys serves another join of these keys.
 * </ul>
 *
 * <p>Where a way down ends at a table there is an {@link #obstacle}, and all is to be rebuilt from
 * the source. Parts match when they compute the same, whatever their columns are called.
 */
public final class Succession {
  private final PlanIdentity identity = new PlanIdentity();

  /** The parts of the old plan by what they compute, with their numbers. */
  private final Map<PlanIdentity.Of, Old> before = new LinkedHashMap<>();

  private final PlanIdentity.Of result;
  private final boolean keepsResult;

  /** The parts of the new plan in the order of their numbers. */
  private final List<PlanPart> parts;

  private final Map<PlanPart, Old> kept = new LinkedHashMap<>();
  private final Map<PlanPart, Content> given = new LinkedHashMap<>();
  private final Map<Side, Content> givenTo = new LinkedHashMap<>();
  private final Set<PlanPart> rebuilt = new LinkedHashSet<>();
  private final @Nullable String obstacle;

  /** A part of the old plan. */
  record Old(PlanPart part, int number) {}

  /** An input of a part. */
  record Side(PlanPart of, int input) {}

  /** Where the rows of a part are held. */
  sealed interface Content {}

  /** In the result that the query keeps. */
  record Result() implements Content {}

  /** In the groups of the aggregate that the part is. */
  record Groups() implements Content {}

  /** With who takes them as its {@code input}. */
  record Taken(PlanPart by, int input) implements Content {}

  /** What becomes of an operator. */
  public enum Fate {
    /** Its state goes on. */
    KEPT,
    /** A join that gets its state anew from the rows of its sides, which the old one has. */
    JOINED_ANEW,
    /** Its state is computed from the rows of those below it that are kept. */
    REBUILT
  }

  /**
   * An operator of the new plan.
   *
   * @param numberBefore that of the one whose state it goes on with, or -1
   */
  public record Operator(DeltaPlan plan, Fate fate, int numberBefore) {}

  /**
   * @param keepsResult whether the query of the old plan keeps its result
   */
  public Succession(
      StandingPlan old,
      OutputMode oldMode,
      boolean keepsResult,
      StandingPlan now,
      OutputMode mode) {
    this(old, oldMode, keepsResult, now, mode, false);
  }

  /**
   * How operators go on where what was given out stays as it is, and only what comes from now on is
   * of the new plan: all that keep something are old ones.
   */
  public static Succession onwards(StandingPlan old, StandingPlan now, OutputMode mode) {
    return new Succession(old, mode, false, now, mode, true);
  }

  private Succession(
      StandingPlan old,
      OutputMode oldMode,
      boolean keepsResult,
      StandingPlan now,
      OutputMode mode,
      boolean onwards) {
    this.keepsResult = keepsResult;
    int number = 0;
    for (PlanPart part : PlanPart.all(old, oldMode)) {
      before.put(identity.of(part), new Old(part, number++));
    }
    this.result = identity.of(PlanPart.root(old, oldMode));
    this.parts = List.copyOf(PlanPart.all(now, mode));
    this.obstacle = onwards ? findOnwards(old, now) : find(old, now, PlanPart.root(now, mode));
  }

  private @Nullable String findOnwards(StandingPlan old, StandingPlan now) {
    if (hasOtherZone(old, now)) {
      return "it was made in another time zone";
    }
    Set<TableReference> tablesBefore = new HashSet<>();
    for (Old part : before.values()) {
      if (part.part().plan() instanceof DeltaScanPlan scan) {
        tablesBefore.add(scan.table());
      }
    }
    for (PlanPart part : parts) {
      Old same = before.get(identity.of(part));
      if (same != null) {
        kept.put(part, same);
      } else if (part.plan() instanceof DeltaScanPlan scan) {
        String key = String.join(".", scan.table().path()).toLowerCase(Locale.ROOT);
        if (tablesBefore.contains(scan.table())
            && !Objects.equals(old.definitions().get(key), now.definitions().get(key))) {
          return scan.table().path().getLast() + " was defined otherwise";
        }
        rebuilt.add(part);
      } else if (part.plan() instanceof LinearPlan) {
        rebuilt.add(part);
      } else {
        return part.plan() instanceof StaticPlan
            ? "static rows would have been read at its beginning"
            : "an operator would have to know rows that came before";
      }
    }
    return keyedScansConflict();
  }

  private static boolean hasOtherZone(StandingPlan old, StandingPlan now) {
    return !Objects.equals(
        old.definitions().get(StandingPlan.TIME_ZONE),
        now.definitions().get(StandingPlan.TIME_ZONE));
  }

  private @Nullable String find(StandingPlan old, StandingPlan now, PlanPart root) {
    if (hasOtherZone(old, now)) {
      return "it was made in another time zone";
    }
    String missing = visit(root);
    return missing != null ? missing : conflict();
  }

  /** Finds out how a part gets its rows; what is in the way, or null. */
  private @Nullable String visit(PlanPart part) {
    if (rebuilt.contains(part) || given.containsKey(part)) {
      return null;
    }
    Old old = before.get(identity.of(part));
    Content content = old == null ? null : content(old.part(), Set.of());
    if (content != null) {
      given.put(part, content);
      keep(part);
      return null;
    }
    if (part.plan() instanceof DeltaScanPlan scan) {
      return "no operator has all rows of " + scan.table().path().getLast();
    }
    rebuilt.add(part);
    for (int i = 0; i < part.inputs().size(); i++) {
      String missing = visit(part, i);
      if (missing != null) {
        return missing;
      }
    }
    return null;
  }

  /** The same of an input of one that is rebuilt, which may do without some of its rows. */
  private @Nullable String visit(PlanPart part, int number) {
    PlanPart input = part.inputs().get(number);
    if (part.plan() instanceof DeltaJoinPlan join && !isTracked(join, number)) {
      Old old = before.get(identity.of(input));
      Set<Integer> unmatched = unmatchedNulls(join, number);
      Content content =
          old == null || content(old.part(), Set.of()) != null
              ? null
              : content(old.part(), unmatched);
      if (content != null) {
        givenTo.put(new Side(part, number), content);
        keep(input);
        return null;
      }
    }
    return visit(input);
  }

  private void keep(PlanPart part) {
    Old old = Objects.requireNonNull(before.get(identity.of(part)));
    if (kept.put(part, old) == null) {
      part.inputs().forEach(this::keep);
    }
  }

  /**
   * Where all rows of an old part are held, or null.
   *
   * @param needless columns: rows with a NULL in one of them need not be there
   */
  private @Nullable Content content(PlanPart part, Set<Integer> needless) {
    PlanIdentity.Of wanted = identity.of(part);
    if (keepsResult && wanted.equals(result)) {
      return new Result();
    }
    if (part.plan() instanceof DeltaAggregatePlan aggregate
        && aggregate.bound() == null
        && SessionGroups.of(aggregate) == null) {
      return new Groups();
    }
    for (Old taker : before.values()) {
      List<PlanPart> inputs = taker.part().inputs();
      for (int i = 0; i < inputs.size(); i++) {
        if (identity.of(inputs.get(i)).equals(wanted)
            && keepsInput(taker.part().plan(), i, needless)) {
          return new Taken(taker.part(), i);
        }
      }
    }
    return null;
  }

  /** Whether an operator keeps all rows of an input, but for needless ones. */
  private static boolean keepsInput(DeltaPlan taker, int input, Set<Integer> needless) {
    return switch (taker) {
      case DeltaJoinPlan join ->
          JoinInput.of(join, input, new JoinPresence(join.kind())).shape().keepsRows()
              && join.bound() == null
              && join.leftEnd() == null
              && join.rightEnd() == null
              && needless.containsAll(unmatchedNulls(join, input));
      case DeltaPartitionPlan partition ->
          !partition.keepsResultOnly()
              && !partition.ends()
              && partition.order() == null
              && FirstRows.of(partition) == null;
      case DynamicFilterPlan filter -> true;
      default -> false;
    };
  }

  /** Columns of a side of a join in which a NULL matches nothing. */
  private static Set<Integer> unmatchedNulls(DeltaJoinPlan join, int side) {
    List<Integer> keys = side == 0 ? join.leftKeys() : join.rightKeys();
    Set<Integer> unmatched = new HashSet<>();
    for (int i = 0; i < keys.size(); i++) {
      boolean mayBeNull = join.inputs().get(side).columns().get(keys.get(i)).nullable();
      if (mayBeNull && !join.nullsMatch().get(i)) {
        unmatched.add(keys.get(i));
      }
    }
    return unmatched;
  }

  /** Whether rows of a side without a match matter. */
  private static boolean isTracked(DeltaJoinPlan join, int side) {
    JoinPresence presence = new JoinPresence(join.kind());
    return presence.isNullAware() || presence.tracks(side);
  }

  /** Why what is kept and what is rebuilt do not go together, or null. */
  private @Nullable String conflict() {
    boolean keptByClock = false;
    boolean rebuiltByClock = false;
    Set<TableReference> pinnedBefore = new HashSet<>();
    Set<TableReference> pinnedNow = new HashSet<>();
    for (PlanPart part : kept.keySet()) {
      keptByClock |= goesByClock(part.plan());
      if (part.plan() instanceof StaticPlan fixed) {
        tables(fixed.body(), pinnedBefore);
      } else if (!(part.plan() instanceof LinearPlan) && rebuilt.contains(part)) {
        return "rows of one operator would be kept in one place and computed anew in another";
      }
    }
    for (PlanPart part : rebuilt) {
      rebuiltByClock |= goesByClock(part.plan());
      if (part.plan() instanceof StaticPlan fixed) {
        tables(fixed.body(), pinnedNow);
      }
    }
    if (keptByClock && rebuiltByClock) {
      return "what is kept is as of the time of the last step";
    }
    for (TableReference table : pinnedNow) {
      if (pinnedBefore.contains(table)) {
        return table.path().getLast() + " may have other rows than those that are pinned";
      }
    }
    return keyedScansConflict();
  }

  private static boolean goesByClock(DeltaPlan plan) {
    return plan instanceof TimeFilterPlan
        || plan instanceof RecomputePlan recompute && recompute.byClock();
  }

  private static void tables(BatchPlan plan, Set<TableReference> tables) {
    if (plan instanceof ScanPlan scan) {
      tables.add(scan.table());
    }
    plan.inputs().forEach(input -> tables(input, tables));
  }

  /** The last rows of a table by key have the columns of all its scans. */
  private @Nullable String keyedScansConflict() {
    Map<TableReference, List<PlanIdentity.Of>> then =
        scans(before.values().stream().map(Old::part).toList());
    Map<TableReference, List<PlanIdentity.Of>> now = scans(parts);
    for (Map.Entry<TableReference, List<PlanIdentity.Of>> table : now.entrySet()) {
      if (!table.getValue().equals(then.get(table.getKey()))) {
        return "other columns are read of " + table.getKey().path().getLast();
      }
    }
    return null;
  }

  private Map<TableReference, List<PlanIdentity.Of>> scans(List<PlanPart> all) {
    Map<TableReference, List<PlanIdentity.Of>> scans = new LinkedHashMap<>();
    for (PlanPart part : all) {
      if (part.plan() instanceof DeltaScanPlan scan && !scan.key().isEmpty()) {
        scans.computeIfAbsent(scan.table(), table -> new ArrayList<>()).add(identity.of(part));
      }
    }
    return scans;
  }

  /** Why the rows of the old result may not come out of what is kept as they were, or null. */
  public @Nullable String otherRows() {
    return otherRows(rebuilt);
  }

  /** The same of a plan whose result is computed from the source. */
  public static @Nullable String otherRows(StandingPlan plan, OutputMode mode) {
    return plan.definitions().values().stream()
            .anyMatch(sql -> sql.toUpperCase(Locale.ROOT).contains("PROCTIME"))
        ? "it goes by the times of its steps (PROCTIME)"
        : otherRows(PlanPart.all(plan, mode));
  }

  private static @Nullable String otherRows(Collection<PlanPart> computed) {
    for (PlanPart part : computed) {
      if (goesByClock(part.plan())) {
        return "it goes by the time of its last step";
      }
      if (part.plan() instanceof StaticPlan fixed) {
        Set<TableReference> pinned = new HashSet<>();
        tables(fixed.body(), pinned);
        for (TableReference table : pinned) {
          return table.path().getLast() + " may have other rows than those that are pinned";
        }
      }
    }
    return null;
  }

  /** Why nothing can be kept, or null. */
  public @Nullable String obstacle() {
    return obstacle;
  }

  /** The operators of the new plan, from the root down; only where there is no obstacle. */
  public List<Operator> operators() {
    List<Operator> all = new ArrayList<>();
    for (PlanPart part : parts) {
      Old old = before.get(identity.of(part));
      boolean givesAnew = givenTo.containsKey(new Side(part, 0));
      if (old != null && (kept.containsKey(part) || givesAnew)) {
        Fate fate = kept.containsKey(part) ? Fate.KEPT : Fate.JOINED_ANEW;
        all.add(new Operator(part.plan(), fate, old.number()));
      } else {
        all.add(new Operator(part.plan(), Fate.REBUILT, -1));
      }
    }
    return all;
  }

  /** What a state of the old query is called in the new one; nothing where it is not kept. */
  public List<String> names(String state) {
    int end = state.indexOf('.');
    List<String> names = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      PlanPart part = parts.get(i);
      Old old = isKept(part) ? kept.get(part) : null;
      if (old != null && end > 0 && state.substring(0, end).equals(String.valueOf(old.number()))) {
        names.add(i + state.substring(end));
      }
    }
    return names;
  }

  /** Whether an operator has its state already, and takes nothing. */
  boolean isKept(PlanPart part) {
    return kept.containsKey(part) && !rebuilt.contains(part);
  }

  /** Where the rows are that a part gives out, or null where it computes them. */
  @Nullable Content given(PlanPart part) {
    return given.get(part);
  }

  /** Where the rows are that only this input of a part is given, or null. */
  @Nullable Content givenTo(PlanPart part, int input) {
    return givenTo.get(new Side(part, input));
  }
}
