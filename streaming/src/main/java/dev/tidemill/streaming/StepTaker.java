package dev.tidemill.streaming;

import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.Backlog;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.log.LogRecord;
import dev.tidemill.streaming.result.ResultFeed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks at groups and takes their steps, under the {@link StepLock}:
 *
 * <pre>
 *   look at the tables, is anything due?      QueryGroup
 *   plan record into the step log, synced     before anything is published
 *   each query computes its share             a query that fails is set aside, its neighbours go on
 *   each delivers; then all states are committed together, under the lock that readers pin versions by
 *   commit record                             durable with the next sync
 * </pre>
 */
final class StepTaker {
  private final StreamingContext context;
  private final StepLock lock;
  private final QueryRegistry registry;
  private final PublishedQueries published;
  private final Checkpoints checkpoints;
  private final ReaderPlaces places;

  /**
   * Per query (by id) the number of the look at its tables at which it had nothing left to take.
   */
  private final Map<String, Long> settled = new HashMap<>();

  private long looks;
  private long lastStep = -1;

  StepTaker(
      StreamingContext context,
      StepLock lock,
      QueryRegistry registry,
      PublishedQueries published,
      Checkpoints checkpoints,
      ReaderPlaces places) {
    this.context = context;
    this.lock = lock;
    this.registry = registry;
    this.published = published;
    this.checkpoints = checkpoints;
    this.places = places;
    checkpoints.tellFailures((query, cause) -> failed(query, cause, null));
  }

  /** Goes on behind all steps that anybody knows of. */
  void continueBehindAll() {
    for (LogRecord record : checkpoints.records()) {
      lastStep = Math.max(lastStep, record.step());
    }
    for (Standing standing : registry.all()) {
      continueBehind(standing);
    }
  }

  void continueBehind(Standing standing) {
    long known =
        switch (standing) {
          case StandingQuery query ->
              Math.max(query.state().version(), query.delivery().lastStep());
          case UnrecoveredQuery lost -> lost.step();
        };
    lastStep = Math.max(lastStep, known);
  }

  /** The number of the next step. */
  long nextStep() {
    return lastStep + 1;
  }

  /** How many looks at tables there have been. */
  long looks() {
    return looks;
  }

  /** The number of the look at which a query last had nothing left to take, or -1. */
  long settledAt(StandingQuery query) {
    return settled.getOrDefault(query.id(), -1L);
  }

  void forget(Standing query) {
    settled.remove(query.id());
  }

  /** Looks at a group and takes a step if one is due; whether it did. */
  boolean turn(QueryGroup group) {
    try {
      QueryGroup.Outlook outlook = look(group, null);
      QueryGroup.Cut cut = outlook.cut();
      if (cut != null) {
        take(group, cut);
      }
      return cut != null;
    } catch (TidemillException e) {
      failUnreadable(group, e);
      return false;
    } catch (RuntimeException | Error e) {
      failAll(group.queries(), StreamingErrors.internal(e));
      return false;
    }
  }

  /**
   * Takes one step of some of a group's queries, whatever their triggers say about time and rows,
   * and those with which a query that is behind catches up; whether anything was there to take.
   */
  boolean step(QueryGroup group, List<StandingQuery> members) {
    boolean stepped = false;
    QueryGroup.Cut cut;
    do {
      cut = look(group, members).cut();
      if (cut != null) {
        take(group, cut);
        stepped = true;
      }
    } while (cut != null && cut.catchesUp());
    return stepped;
  }

  /**
   * Something of a group cannot be read or written: those of its queries fail that it is about, or
   * all.
   */
  private void failUnreadable(QueryGroup group, TidemillException cause) {
    List<StandingQuery> unreadable =
        group.queries().stream().filter(query -> !isReadable(query)).toList();
    failAll(unreadable.isEmpty() ? group.queries() : unreadable, cause);
  }

  private boolean isReadable(StandingQuery query) {
    try {
      query
          .tables()
          .forEach(
              (table, of) ->
                  of.advance(registry.cuts().getOrDefault(table, of.start()), Long.MAX_VALUE));
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  /** The running ones fail where they stand. */
  private void failAll(List<StandingQuery> of, TidemillException cause) {
    for (StandingQuery query : of) {
      if (query.status() == QueryStatus.RUNNING) {
        failed(query, cause, null);
      }
    }
  }

  /** Whether queries of other groups are at work. */
  private boolean hasNeighbours(QueryGroup group) {
    return registry.queries().stream()
        .anyMatch(
            query -> query.status() == QueryStatus.RUNNING && !group.queries().contains(query));
  }

  private QueryGroup.Outlook look(QueryGroup group, @Nullable List<StandingQuery> byHand) {
    long number = ++looks;
    QueryGroup.Outlook outlook = group.look(context.clock().millis(), byHand, hasNeighbours(group));
    for (StandingQuery query : outlook.settled()) {
      settled.put(query.id(), number);
    }
    for (StandingQuery query : group.queries()) {
      boolean due = outlook.cut() != null && outlook.cut().due().contains(query);
      if (query.status() == QueryStatus.RUNNING
          && !due
          && query.state().version() >= 0
          && !(query.definition().trigger() instanceof Trigger.Once)
          && QueryGroup.isDone(query)) {
        end(query);
      }
    }
    if (!outlook.settled().isEmpty()) {
      lock.signal();
    }
    return outlook;
  }

  private void take(QueryGroup group, QueryGroup.Cut cut) {
    long start = System.nanoTime();
    Instant now = context.clock().instant();
    long micros = now.getEpochSecond() * 1_000_000L + now.getNano() / 1000;
    List<LogRecord.Share> shares =
        cut.due().stream().map(query -> group.share(query, cut, lastStep + 1)).toList();
    LogRecord.Plan plan = new LogRecord.Plan(lastStep + 1, micros, shares);
    checkpoints.write(plan);
    lastStep = plan.step();
    cut.due().forEach(query -> query.setStepRows(rows(query, cut)));
    group.move(cut);
    cut.due().forEach(query -> query.begun(now.toEpochMilli()));
    Map<String, String> failures = new TreeMap<>();
    List<StandingQuery> computed = new ArrayList<>();
    for (int i = 0; i < cut.due().size(); i++) {
      StandingQuery query = cut.due().get(i);
      boolean untaken = true;
      try {
        query.setBacklog(backlog(query, cut));
        query.compute(plan, shares.get(i), start);
        untaken = false;
        query.deliver();
        computed.add(query);
      } catch (TidemillException e) {
        failures.put(query.id(), String.valueOf(e.getMessage()));
        failed(query, e, plan);
        if (untaken) {
          query.failure().noteUntaken();
        }
      }
    }
    List<StepProgress> progress = published.publish(computed);
    checkpoints.write(new LogRecord.Commit(plan.step(), failures));
    progress.forEach(context.listener()::stepped);
    computed.forEach(this::stepped);
    lock.signal();
  }

  /** The rows that a query is to take at a cut. */
  private static long rows(StandingQuery query, QueryGroup.Cut cut) {
    long rows = cut.catchesUp() ? 0 : query.pendingRows();
    for (TableReference table : query.tables().keySet()) {
      Advance advance = cut.advances().get(table);
      rows += advance == null ? 0 : advance.rows();
    }
    return rows;
  }

  /** What there is for a query behind a cut. */
  private static Backlog backlog(StandingQuery query, QueryGroup.Cut cut) {
    Backlog behind = Backlog.NONE;
    for (Map.Entry<TableReference, Table> table : query.tables().entrySet()) {
      Advance advance = cut.advances().get(table.getKey());
      if (advance != null && !advance.caughtUp()) {
        behind = behind.plus(table.getValue().backlog(advance.to()));
      }
    }
    return behind;
  }

  /** What follows a committed step of a query: its end, or a snapshot now and then. */
  private void stepped(StandingQuery query) {
    try {
      query.forgetLateRows(places::in);
    } catch (TidemillException e) {
      failed(query, e, null);
      return;
    }
    if (query.hasTakenLastStep() || QueryGroup.isDone(query)) {
      end(query);
    } else if (query.unsnapped().hasUnkeptPins()) {
      try {
        checkpoints.snapshot(query);
      } catch (TidemillException e) {
        failed(query, e, null);
      }
    } else {
      checkpoints.snapshotInTime(query);
    }
  }

  private void end(StandingQuery query) {
    try {
      checkpoints.snapshot(query);
      if (!query.definition().trigger().endsByItself()) {
        query.end();
      }
      changeStatus(query, QueryStatus.ENDED);
    } catch (TidemillException e) {
      failed(query, e, null);
    }
  }

  /** Keeps the new status first, so that where that fails the old one stays. */
  void changeStatus(StandingQuery query, QueryStatus status) {
    checkpoints.save(query, status);
    query.setStatus(status);
    context.listener().statusChanged(query.name(), status);
    lock.signal();
  }

  /**
   * Sets a query aside.
   *
   * @param step the step it failed at, or null where it failed between steps
   */
  private void failed(StandingQuery query, TidemillException cause, LogRecord.@Nullable Plan step) {
    Retries retries = Objects.requireNonNullElse(query.definition().retries(), Retries.DEFAULT);
    boolean shrinks =
        cause.kind() == ErrorKind.RESOURCE
            && retries.most() > 0
            && step != null
            && query.feeds().isEmpty()
            && query.shrinks();
    boolean again =
        shrinks || isPassing(query, cause) && query.failure().attempts() < retries.most();
    query.fail(String.valueOf(cause.getMessage()), step);
    long delay = shrinks ? 0 : retries.delayMillis(query.failure().attempts() + 1);
    if (again) {
      query.retryAt(context.clock().millis() + delay);
    }
    try {
      checkpoints.save(query, query.status());
    } catch (TidemillException unsaved) {
      cause.addSuppressed(unsaved);
    }
    if (again) {
      context.listener().retrying(query.name(), cause, query.failure().attempts(), delay);
    } else {
      context.listener().failed(query.name(), cause);
    }
    context.listener().statusChanged(query.name(), query.status());
    lock.signal();
  }

  /** Whether trouble may pass by itself: its own, or that of a query whose result it reads. */
  private boolean isPassing(StandingQuery query, TidemillException cause) {
    return cause.code().mayPass()
        || cause.code().name().equals(ResultFeed.SOURCE_BEHIND)
            && registry.queries().stream()
                .anyMatch(other -> query.reads(other) && other.status() == QueryStatus.RETRYING);
  }

  /**
   * Lets those go on whose trouble outside may have passed; whether there were any whose time has
   * come.
   */
  boolean retryDue() {
    long now = context.clock().millis();
    boolean any = false;
    for (StandingQuery query : registry.queries()) {
      if (query.isAttemptDue(now)) {
        any = true;
        try {
          resume(query);
        } catch (TidemillException e) {
          if (query.isAttemptDue(now)) {
            failed(query, e, query.failure().step());
          }
        }
      }
    }
    return any;
  }

  /**
   * Lets a query go on that does not run. A failed one first takes the step again that it failed
   * at.
   *
   * @throws TidemillException what that step fails of again
   */
  void resume(StandingQuery query) {
    if (query.status() == QueryStatus.FAILED
        || query.status() == QueryStatus.RETRYING
        || query.failure().step() != null) {
      LogRecord.Plan failedStep = query.failure().step();
      if (failedStep != null) {
        retry(query, failedStep);
        resumeReaders(query, failedStep);
      }
      checkpoints.snapshotAtOnce(query);
      if (query.hasTakenLastStep()) {
        query.failure().clear();
        end(query);
        return;
      }
    }
    if (query.status() == QueryStatus.ENDED && query.hasEnded()) {
      checkpoints.save(query, QueryStatus.ENDED);
      return;
    }
    boolean begins = query.status() != QueryStatus.RUNNING;
    if (begins) {
      query.prepareToRun();
    }
    checkpoints.save(query, QueryStatus.RUNNING);
    if (begins) {
      query.failure().clear();
      query.setStatus(QueryStatus.RUNNING);
      context.listener().statusChanged(query.name(), QueryStatus.RUNNING);
    }
    lock.signal();
  }

  /** Those that failed with the query because it did not take the step. */
  private void resumeReaders(StandingQuery query, LogRecord.Plan step) {
    for (StandingQuery reader : registry.readers(query)) {
      if (step.equals(reader.failure().step())) {
        try {
          resume(reader);
        } catch (TidemillException stillFailed) {
          // It stands as FAILED again, of which the listener was told.
          continue;
        }
      }
    }
  }

  /**
   * Takes the step again. A snapshot must follow before the next: the log says of this step that it
   * failed, and a recovery that came by it would stop there.
   */
  private void retry(StandingQuery query, LogRecord.Plan step) {
    LogRecord.Share planned = query.share(step);
    if (planned == null) {
      return;
    }
    LogRecord.Share share =
        query.isFailedStepUntaken() ? fitting(query, withoutLost(query, planned)) : planned;
    try {
      query.compute(step, share, System.nanoTime());
      query.deliver();
    } catch (TidemillException e) {
      failed(query, e, step);
      throw e;
    }
    published.publish(List.of(query)).forEach(context.listener()::stepped);
    query.failure().stepRetried();
    if (!share.equals(planned)) {
      registry.align(query.tables().keySet(), (of, unreadable) -> failed(of, unreadable, null));
    }
  }

  /** Of a step that did not fit the memory a part that may; the rest is taken behind it. */
  private static LogRecord.Share fitting(StandingQuery query, LogRecord.Share planned) {
    long left = query.fittingRows();
    if (left == Long.MAX_VALUE) {
      return planned;
    }
    List<LogRecord.TableRange> ranges = new ArrayList<>();
    boolean same = true;
    for (LogRecord.TableRange range : planned.ranges()) {
      Table table = query.tables().get(new TableReference(range.table()));
      if (table == null) {
        return planned;
      }
      Offset first = range.first();
      Offset from = first == null ? table.start() : first;
      long behind = table.advance(range.to(), Long.MAX_VALUE).rows();
      long rows = table.advance(from, Long.MAX_VALUE).rows() - behind;
      boolean whole = rows <= left;
      Offset to = whole ? range.to() : left == 0 ? from : table.advance(from, left).to();
      left -= Math.min(left, rows);
      same &= whole;
      ranges.add(
          new LogRecord.TableRange(
              range.table(),
              range.from(),
              to,
              range.ended() && whole,
              range.waiting() || !whole,
              range.start()));
    }
    return same ? planned : new LogRecord.Share(planned.query(), ranges, false);
  }

  /**
   * What a step takes that failed and took nothing: what was mended since, or taken away, is not
   * read where it stood; what was mended is there anew behind it.
   */
  private LogRecord.Share withoutLost(StandingQuery query, LogRecord.Share planned) {
    List<LogRecord.TableRange> ranges = new ArrayList<>();
    boolean same = true;
    for (LogRecord.TableRange range : planned.ranges()) {
      TableReference reference = new TableReference(range.table());
      Table table = query.tables().get(reference);
      Offset from = range.first();
      Offset to =
          table == null
              ? range.to()
              : table.withoutLost(from == null ? table.start() : from, range.to());
      boolean whole = to.equals(range.to());
      if (!whole) {
        registry.cuts().replace(reference, range.to(), to);
      }
      same &= whole;
      ranges.add(
          new LogRecord.TableRange(
              range.table(),
              range.from(),
              to,
              range.ended() && whole,
              range.waiting(),
              range.start()));
    }
    return same ? planned : new LogRecord.Share(planned.query(), ranges, false);
  }
}
