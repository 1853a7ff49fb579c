package dev.tidemill.streaming;

import dev.tidemill.foundation.error.NearMisses;
import dev.tidemill.streaming.result.KeptDelivery;
import dev.tidemill.streaming.result.ResultTable;
import dev.tidemill.streaming.state.MemoryStateVersion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What readers see of the standing queries: how each stands, and versions of the kept results. Its
 * lock is held for moments only, never for a step, and is taken inside the {@link StepLock} where
 * both are; all queries of a step become visible under it at once. Any thread.
 */
final class PublishedQueries {
  private final Map<String, Standing> queries = new LinkedHashMap<>();

  /** The form of a name in which all ways to write it are one. */
  static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  synchronized void add(Standing query) {
    queries.put(key(query.name()), query);
  }

  synchronized void remove(String name) {
    queries.remove(key(name));
  }

  /** Makes the computed steps of queries visible together, in their order. */
  synchronized List<StepProgress> publish(List<StandingQuery> computed) {
    return computed.stream().map(StandingQuery::publish).toList();
  }

  /**
   * What stands under a name, or null; of one at work only what any thread may ask is to be used.
   */
  synchronized @Nullable Standing find(String name) {
    return queries.get(key(name));
  }

  synchronized boolean exists(String name) {
    return queries.containsKey(key(name));
  }

  /** Whether a standing query keeps its result under this name, readable or not. */
  synchronized boolean keepsResult(String name) {
    Standing query = queries.get(key(name));
    return switch (query) {
      case null -> false;
      case StandingQuery at -> at.delivery() instanceof KeptDelivery;
      case UnrecoveredQuery lost -> lost.definition().sink() == null;
    };
  }

  /** All queries, in the order they were created. */
  synchronized List<QueryReport> reports() {
    return queries.values().stream().map(Standing::report).toList();
  }

  synchronized @Nullable QueryReport report(String name) {
    Standing query = queries.get(key(name));
    return query == null ? null : query.report();
  }

  /** Names that are like one that is not there. */
  synchronized Collection<String> namesNear(String name) {
    return NearMisses.of(name, queries.values().stream().map(Standing::name).toList());
  }

  /**
   * Pins one version of each named kept result, all at the same moment. Names that are none are
   * left out.
   */
  PinnedResults pin(Collection<String> names) {
    List<PinnedResults.Pinned> pinned = new ArrayList<>();
    Map<Long, String> steps = new TreeMap<>();
    List<String> warnings = new ArrayList<>();
    synchronized (this) {
      for (String name : names) {
        if (queries.get(key(name)) instanceof StandingQuery query
            && query.delivery() instanceof KeptDelivery) {
          MemoryStateVersion version = query.state().read();
          ResultTable table =
              new ResultTable(query.plan(), query.definition().mode(), query.state()::read)
                  .pin(version);
          pinned.add(new PinnedResults.Pinned(query.name(), table, version));
          steps.merge(version.step(), query.name(), (a, b) -> a + ", " + b);
          String standing = standing(query.report(), version.step());
          if (standing != null) {
            warnings.add(standing);
          }
        }
      }
    }
    if (steps.size() > 1) {
      StringBuilder text = new StringBuilder("the results are not of one cut:");
      steps.forEach(
          (step, of) -> text.append(' ').append(of).append(" at step ").append(step).append(';'));
      warnings.add(text.substring(0, text.length() - 1));
    }
    return new PinnedResults(pinned, warnings);
  }

  /** Why a result does not go on, which who reads it would not see; null where it does. */
  private static @Nullable String standing(QueryReport report, long step) {
    String name = report.definition().name();
    String error = report.error();
    String cause = error == null ? "" : ": " + error.lines().findFirst().orElse("");
    return switch (report.status()) {
      case FAILED ->
          "standing query %s has FAILED, its result is that of step %d%s"
              .formatted(name, step, cause);
      case RETRYING ->
          "standing query %s is RETRYING, its result is that of step %d%s"
              .formatted(name, step, cause);
      case PAUSED ->
          "standing query %s is PAUSED, its result is that of step %d".formatted(name, step);
      case RUNNING, STOPPED, SUSPENDED, ENDED -> null;
    };
  }
}
