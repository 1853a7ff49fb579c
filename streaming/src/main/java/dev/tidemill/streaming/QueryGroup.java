package dev.tidemill.streaming;

import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.log.LogRecord;
import dev.tidemill.streaming.result.ResultFeed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Standing queries that share growing tables, and the offsets they have been cut at. A query that
 * is due takes everything from where it stands to the new cut; the others are only told how many
 * rows wait for them. One for which more wait than a step may have goes on alone, step by step,
 * until it has come to the last cut:
 *
 * <pre>
 *   table     ----c1-----c2----c3-----> rows
 *   q1        ----|------|-----|         due at each cut
 *   q2        ------------------|        due at c3: takes what came since its own last step
 * </pre>
 *
 * So all queries' offsets are cuts of one sequence, and queries at the same step have read the same
 * rows.
 */
final class QueryGroup {
  /** A table has at least this part of what it would have if all had as much. */
  private static final int LEAST_PART = 16;

  private final List<StandingQuery> queries;

  /** The last cut of each table; absent where nothing was taken yet. */
  private final Map<TableReference, Offset> cuts;

  private long turns;

  /** Whether the last step was of a query that catches up: now it is the others' turn. */
  private boolean othersFirst;

  /**
   * A group over its queries.
   *
   * @param cuts the last cut of each table by any query, kept and moved here
   */
  QueryGroup(List<StandingQuery> queries, Map<TableReference, Offset> cuts) {
    this.queries =
        queries.stream().sorted(Comparator.comparingLong(StandingQuery::number)).toList();
    this.cuts = cuts;
  }

  List<StandingQuery> queries() {
    return queries;
  }

  /**
   * A step to take.
   *
   * @param due the queries that take part
   * @param advances how far each table goes
   * @param catchesUp whether it is of one query that goes on towards the last cut, alone
   */
  record Cut(List<StandingQuery> due, Map<TableReference, Advance> advances, boolean catchesUp) {}

  /** What looking at the tables has shown. */
  record Outlook(@Nullable Cut cut, List<StandingQuery> settled) {}

  /**
   * Looks at the tables.
   *
   * @param byHand queries that are due whatever their triggers say about time and rows; null where
   *     triggers decide
   * @param neighbours whether queries of other groups are at work, which wait for this one's steps
   */
  Outlook look(long nowMillis, @Nullable List<StandingQuery> byHand, boolean neighbours) {
    List<StandingQuery> active = new ArrayList<>();
    for (StandingQuery query : byHand == null ? queries : byHand) {
      if (query.status() == QueryStatus.RUNNING && query.delivery().isReady()) {
        active.add(query);
      }
    }
    for (StandingQuery query : active) {
      if (query.definition().trigger() instanceof Trigger.Once) {
        return new Outlook(
            new Cut(
                List.of(query), advance(tablesOf(List.of(query)), Long.MAX_VALUE, Map.of()), false),
            List.of());
      }
    }
    boolean beside = byHand == null && (neighbours || active.size() > 1);
    Map<TableReference, Table> tables = tablesOf(active);
    Map<TableReference, Advance> advances =
        advance(tables, limit(active, nowMillis, byHand != null, beside), remaining(active));
    List<StandingQuery> due = new ArrayList<>();
    List<StandingQuery> behind = new ArrayList<>();
    List<StandingQuery> settled = new ArrayList<>();
    for (StandingQuery query : active) {
      Prospect prospect = prospect(query, advances, due, nowMillis);
      if (byHand == null ? isDue(query, prospect, nowMillis) : prospect.hasWork()) {
        if (query.pendingRows() > 0 && prospect.available() > stepRows(query, beside)) {
          behind.add(query);
        } else {
          due.add(query);
        }
      } else if (prospect.isSettled(query)) {
        settled.add(query);
      }
    }
    boolean isTheirTurn = byHand == null && othersFirst && !due.isEmpty();
    othersFirst = !behind.isEmpty() && !isTheirTurn;
    if (othersFirst) {
      return new Outlook(catchUp(behind.getFirst(), beside), List.of());
    }
    return new Outlook(due.isEmpty() ? null : new Cut(due, advances, false), settled);
  }

  /** The rows that a step of a query may have. */
  private static long stepRows(StandingQuery query, boolean beside) {
    return switch (query.definition().trigger()) {
      case Trigger.EveryRows t -> Math.min(t.rows(), query.fittingRows());
      case Trigger.EveryRowsOrInterval t -> Math.min(t.rows(), query.fittingRows());
      case Trigger.AsFastAsPossible t -> query.mostRows(beside);
      case Trigger.EveryInterval t -> query.mostRows(beside);
      case Trigger.AvailableNow t -> query.mostRows(beside);
      case Trigger.Once t -> Long.MAX_VALUE;
    };
  }

  /**
   * A step of one query towards the last cut, behind which more rows wait for it than a step may
   * have. Each table gives its part of them, so that what belongs together in time is taken
   * together: a table that ran ahead would be kept until the others follow.
   */
  private Cut catchUp(StandingQuery query, boolean beside) {
    Map<TableReference, Advance> advances = new LinkedHashMap<>();
    long left = stepRows(query, beside);
    long pendingLeft = query.pendingRows();
    for (Map.Entry<TableReference, Table> table : query.tables().entrySet()) {
      long pending = query.pendingRows(table.getKey());
      TakenInput.Taken taken = query.offset(table.getKey());
      Offset from = taken == null ? query.start(table.getKey()) : taken.offset();
      long share = pendingLeft <= left ? pending : part(left, pending, pendingLeft);
      Advance advance =
          pending <= share
              ? new Advance(cut(table), pending, false, false)
              : share == 0
                  ? new Advance(from, 0, false, false)
                  : table.getValue().advance(from, share);
      advances.put(table.getKey(), advance);
      left = Math.max(0, left - advance.rows());
      pendingLeft -= pending;
    }
    return new Cut(List.of(query), advances, true);
  }

  private static Map<TableReference, Table> tablesOf(List<StandingQuery> queries) {
    Map<TableReference, Table> tables = new LinkedHashMap<>();
    queries.forEach(query -> tables.putAll(query.tables()));
    return tables;
  }

  /**
   * The most rows that the next cut may bring. A trigger that counts rows is the size of its
   * query's steps, whatever else is said of that; a query whose time has not come does not hold it
   * up, but catches up when it has.
   *
   * @param byHand whether triggers do not decide
   * @param beside whether other queries wait for the step
   */
  private static long limit(
      List<StandingQuery> active, long nowMillis, boolean byHand, boolean beside) {
    long counted = Long.MAX_VALUE;
    for (StandingQuery query : active) {
      long rows =
          switch (query.definition().trigger()) {
            case Trigger.EveryRows t -> t.rows();
            case Trigger.EveryRowsOrInterval t -> t.rows();
            case Trigger.AsFastAsPossible t -> Long.MAX_VALUE;
            case Trigger.EveryInterval t -> Long.MAX_VALUE;
            case Trigger.AvailableNow t -> Long.MAX_VALUE;
            case Trigger.Once t -> Long.MAX_VALUE;
          };
      if (rows < Long.MAX_VALUE) {
        counted = Math.min(counted, Math.max(1, rows - query.pendingRows()));
      }
    }
    long limit = counted;
    for (StandingQuery query : active) {
      long most = query.mostRows(beside && query.pendingRows() == 0);
      limit =
          switch (query.definition().trigger()) {
            case Trigger.EveryRows t -> limit;
            case Trigger.EveryRowsOrInterval t -> limit;
            case Trigger.AsFastAsPossible t -> Math.min(limit, most);
            case Trigger.EveryInterval t ->
                byHand || counted == Long.MAX_VALUE || hasPassed(query, t.millis(), nowMillis)
                    ? Math.min(limit, most)
                    : limit;
            case Trigger.AvailableNow t -> Math.min(limit, most);
            case Trigger.Once t -> limit;
          };
    }
    return limit;
  }

  /**
   * What AVAILABLE NOW queries still have to take, per table; captured when they are first looked
   * at.
   */
  private Map<TableReference, Long> remaining(List<StandingQuery> active) {
    Map<TableReference, Long> least = new HashMap<>();
    for (StandingQuery query : active) {
      if (query.definition().trigger() instanceof Trigger.AvailableNow) {
        Map<TableReference, Long> rows = query.remaining();
        if (rows == null) {
          rows = new HashMap<>();
          for (Map.Entry<TableReference, Table> table : query.tables().entrySet()) {
            rows.put(table.getKey(), table.getValue().advance(cut(table), Long.MAX_VALUE).rows());
          }
          query.setRemaining(rows);
        }
        rows.forEach((table, left) -> least.merge(table, left, Math::min));
      }
    }
    return least;
  }

  private Offset cut(Map.Entry<TableReference, Table> table) {
    Offset cut = cuts.get(table.getKey());
    return cut == null ? table.getValue().start() : cut;
  }

  /**
   * Shares {@code limit} rows among the tables, each in its turn the first: by what is behind each,
   * where all know that, so that what belongs together in time is taken together; a table that ran
   * ahead would be kept until the others follow. One with little behind it has some part even so.
   */
  private Map<TableReference, Advance> advance(
      Map<TableReference, Table> tables, long limit, Map<TableReference, Long> caps) {
    List<Map.Entry<TableReference, Table>> order = new ArrayList<>(tables.entrySet());
    Map<TableReference, Advance> advances = new LinkedHashMap<>();
    long left = limit;
    List<Long> behind = limit == Long.MAX_VALUE || order.size() < 2 ? List.of() : behind(order);
    double behindLeft = behind.stream().mapToDouble(Long::doubleValue).sum();
    int first = order.isEmpty() ? 0 : (int) (turns++ % order.size());
    for (int i = 0; i < order.size(); i++) {
      Map.Entry<TableReference, Table> table = order.get((first + i) % order.size());
      long share = limit == Long.MAX_VALUE ? limit : Math.ceilDiv(left, order.size() - i);
      if (behindLeft > 0) {
        long rows = behind.get((first + i) % order.size());
        share = Math.max(part(left, rows, behindLeft), Math.ceilDiv(share, LEAST_PART));
        behindLeft -= rows;
      }
      Advance advance =
          advance(table, Math.min(share, caps.getOrDefault(table.getKey(), Long.MAX_VALUE)));
      advances.put(table.getKey(), advance);
      left -= limit == Long.MAX_VALUE ? 0 : advance.rows();
    }
    for (Map.Entry<TableReference, Table> table : order) {
      Advance before = advances.get(table.getKey());
      if (left > 0 && limit < Long.MAX_VALUE && before != null && !before.caughtUp()) {
        long cap = caps.getOrDefault(table.getKey(), Long.MAX_VALUE);
        Advance more = advance(table, Math.min(before.rows() + left, cap));
        left -= more.rows() - before.rows();
        advances.put(table.getKey(), more);
      }
    }
    return advances;
  }

  /** About how many rows are behind the cut, by table; empty where one does not know. */
  private List<Long> behind(List<Map.Entry<TableReference, Table>> tables) {
    List<Long> behind = new ArrayList<>();
    for (Map.Entry<TableReference, Table> table : tables) {
      long rows = table.getValue().backlog(cut(table)).rows();
      if (rows < 0) {
        return List.of();
      }
      behind.add(rows);
    }
    return behind;
  }

  /** What belongs of {@code limit} to one that has {@code rows} of {@code all}. */
  private static long part(long limit, long rows, double all) {
    return Math.min(limit, (long) Math.ceil(limit / all * rows));
  }

  private Advance advance(Map.Entry<TableReference, Table> table, long rows) {
    Offset from = cut(table);
    return rows <= 0 ? new Advance(from, 0, false, false) : table.getValue().advance(from, rows);
  }

  /**
   * What a step could take for a query.
   *
   * @param available rows since its last step
   * @param caughtUp whether there is nothing behind them now
   * @param allEnded whether nothing will ever come behind them
   * @param hasNews whether a table has ended and no step has said so, or a result that is read has
   *     gone on, or something is due by time or to be said
   * @param owes whether its sink is to hear what is different since it was replaced
   */
  private record Prospect(
      long available,
      boolean caughtUp,
      boolean allEnded,
      boolean hasNews,
      boolean first,
      boolean owes) {
    boolean hasWork() {
      return available > 0 || hasNews || first;
    }

    boolean isSettled(StandingQuery query) {
      boolean waitsForRows = query.definition().trigger() instanceof Trigger.EveryRows;
      return caughtUp && (waitsForRows || available == 0);
    }
  }

  /**
   * @param due the queries before it that take a step, whose results it may read
   */
  private static Prospect prospect(
      StandingQuery query,
      Map<TableReference, Advance> advances,
      List<StandingQuery> due,
      long nowMillis) {
    long available = query.pendingRows();
    boolean caughtUp = true;
    boolean allEnded = true;
    boolean endIsNews = false;
    for (ResultFeed feed : query.feeds().values()) {
      available += feed.rows();
      boolean moves = feed.isBehind() || isAmong(due, feed.source());
      endIsNews |= moves;
      caughtUp &= !moves;
      allEnded &= feed.source().isAtEnd();
    }
    boolean closesWindows = closesWindows(query);
    for (TableReference table : query.tables().keySet()) {
      Advance advance = advances.get(table);
      if (advance == null) {
        continue;
      }
      available += advance.rows();
      caughtUp &= advance.caughtUp();
      allEnded &= advance.ended();
      endIsNews |= closesWindows && advance.ended() && !query.hasEnded(table);
    }
    boolean isFirst = query.state().version() < 0;
    boolean timeHasCome = closesWindows && !isFirst && query.isDueBy(nowMillis);
    boolean owes = query.delivery().owes();
    return new Prospect(
        available, caughtUp, allEnded, endIsNews || timeHasCome || owes, isFirst, owes);
  }

  private static boolean isDue(StandingQuery query, Prospect prospect, long nowMillis) {
    if (prospect.owes()) {
      return true;
    }
    return switch (query.definition().trigger()) {
      case Trigger.AsFastAsPossible t -> prospect.hasWork();
      case Trigger.EveryInterval t -> prospect.hasWork() && hasPassed(query, t.millis(), nowMillis);
      case Trigger.EveryRows t ->
          prospect.available() >= Math.min(t.rows(), query.fittingRows())
              || prospect.allEnded() && prospect.hasWork();
      case Trigger.EveryRowsOrInterval t ->
          prospect.available() >= Math.min(t.rows(), query.fittingRows())
              || prospect.allEnded() && prospect.hasWork()
              || prospect.hasWork() && hasPassed(query, t.millis(), nowMillis);
      case Trigger.AvailableNow t ->
          prospect.first() || (query.feeds().isEmpty() ? !isDone(query) : prospect.hasWork());
      case Trigger.Once t -> true;
    };
  }

  private static boolean hasPassed(StandingQuery query, long millis, long nowMillis) {
    long last = query.lastStepMillis();
    return last == Long.MIN_VALUE || nowMillis < last || nowMillis - last >= millis;
  }

  /** ONCE and AVAILABLE NOW never see the end of a table. */
  private static boolean closesWindows(StandingQuery query) {
    return !query.definition().trigger().endsByItself();
  }

  private static boolean isAmong(List<StandingQuery> queries, ResultFeed.Source source) {
    return queries.stream().anyMatch(query -> query.id().equals(source.id()));
  }

  /**
   * What a query takes at a cut.
   *
   * @param step the number of the step, to which the results of due queries go
   */
  LogRecord.Share share(StandingQuery query, Cut cut, long step) {
    List<LogRecord.TableRange> ranges = new ArrayList<>();
    query
        .feeds()
        .forEach(
            (reference, feed) -> {
              TakenInput.Taken taken = query.offset(reference);
              ranges.add(
                  new LogRecord.TableRange(
                      reference.path(),
                      taken == null ? null : taken.offset(),
                      isAmong(cut.due(), feed.source())
                          ? new Offset(Long.toString(step))
                          : feed.reached(),
                      false));
            });
    for (Map.Entry<TableReference, Table> read : query.tables().entrySet()) {
      TableReference table = read.getKey();
      Advance advance = cut.advances().get(table);
      if (advance != null) {
        TakenInput.Taken taken = query.offset(table);
        boolean ended = advance.ended() && closesWindows(query);
        ranges.add(
            new LogRecord.TableRange(
                table.path(),
                taken == null ? null : taken.offset(),
                advance.to(),
                ended,
                !advance.caughtUp(),
                taken == null ? query.start(table) : null));
      }
    }
    return new LogRecord.Share(query.id(), ranges, isLast(query, cut));
  }

  /** Whether a query that takes what there is and ends has it all with this cut. */
  private static boolean isLast(StandingQuery query, Cut cut) {
    if (!query.definition().trigger().endsByItself()) {
      return false;
    }
    Map<TableReference, Long> remaining = query.remaining();
    if (remaining == null) {
      return true;
    }
    if (!query.feeds().isEmpty()) {
      // It ends behind the queries that it reads.
      return false;
    }
    for (TableReference table : query.tables().keySet()) {
      Advance advance = cut.advances().get(table);
      long rows = advance == null ? 0 : advance.rows();
      long left = remaining.getOrDefault(table, 0L);
      if (cut.catchesUp() ? left > 0 || query.pendingRows(table) > rows : left(left, advance) > 0) {
        return false;
      }
    }
    return true;
  }

  /** What is left of the rows that a query was to take of a table, behind an advance. */
  private static long left(long rows, @Nullable Advance advance) {
    return advance == null ? rows : advance.caughtUp() ? 0 : Math.max(0, rows - advance.rows());
  }

  /** The cut is planned: tables that a due query reads have moved, and for the others rows wait. */
  void move(Cut cut) {
    if (cut.catchesUp()) {
      StandingQuery query = cut.due().getFirst();
      cut.advances()
          .forEach(
              (table, advance) ->
                  query.setPendingRows(table, query.pendingRows(table) - advance.rows()));
      return;
    }
    Map<TableReference, Table> moved = tablesOf(cut.due());
    for (StandingQuery query : cut.due()) {
      if (query.tables().keySet().stream().allMatch(table -> isAtEnd(cut, table))) {
        query.caughtUp();
      }
    }
    for (StandingQuery query : queries) {
      for (TableReference table : query.tables().keySet()) {
        Advance advance = cut.advances().get(table);
        if (cut.due().contains(query)) {
          query.setPendingRows(table, 0);
        } else if (advance != null && moved.containsKey(table)) {
          query.setPendingRows(table, query.pendingRows(table) + advance.rows());
        }
      }
    }
    for (TableReference table : moved.keySet()) {
      Advance advance = cut.advances().get(table);
      if (advance != null) {
        cuts.put(table, advance.to());
      }
    }
    for (StandingQuery query : cut.due()) {
      Map<TableReference, Long> remaining = query.remaining();
      if (remaining != null) {
        remaining.replaceAll((table, rows) -> left(rows, cut.advances().get(table)));
      }
    }
  }

  private static boolean isAtEnd(Cut cut, TableReference table) {
    Advance advance = cut.advances().get(table);
    return advance == null || advance.caughtUp();
  }

  /** Whether a query has nothing to take any more, by its trigger or its tables. */
  static boolean isDone(StandingQuery query) {
    return switch (query.definition().trigger()) {
      case Trigger.Once t -> true;
      case Trigger.AvailableNow t -> {
        Map<TableReference, Long> remaining = query.remaining();
        yield query.pendingRows() == 0
            && query.hasTakenFeeds()
            && remaining != null
            && remaining.values().stream().allMatch(rows -> rows == 0);
      }
      case Trigger.AsFastAsPossible t -> query.hasEnded();
      case Trigger.EveryInterval t -> query.hasEnded();
      case Trigger.EveryRows t -> query.hasEnded();
      case Trigger.EveryRowsOrInterval t -> query.hasEnded();
    };
  }
}
