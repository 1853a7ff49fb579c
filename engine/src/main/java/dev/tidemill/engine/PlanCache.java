package dev.tidemill.engine;

import dev.tidemill.exec.CompiledPlan;
import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.setting.EngineSettings;
import dev.tidemill.foundation.setting.Settings;
import dev.tidemill.planner.PlannedQuery;
import dev.tidemill.sql.parser.statement.SqlFragment;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.CatalogEntry;
import dev.tidemill.storage.catalog.Namespace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Plans of batch queries, compiled, for the next time the same text is run with the same values in
 * the same settings, while the catalog is the same. Queries of files in place are left out: their
 * columns are found anew each time. A table that has come to another size is planned for anew.
 */
final class PlanCache {
  private static final int MOST_PLANS = 256;

  /** Half or twice as many rows are taken for as many. */
  private static final double MOST_GROWTH = 2;

  private final Map<Key, Cached> plans =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Cached> eldest) {
          return size() > MOST_PLANS;
        }
      };

  /**
   * What a plan depends on.
   *
   * @param position of the text in its script, which errors of the run name
   */
  private record Key(
      String text,
      SourcePosition position,
      Namespace namespace,
      Map<String, String> settings,
      List<? extends @Nullable Object> parameters,
      long catalogVersion) {}

  /**
   * A plan.
   *
   * @param rows of each table when it was made, or -1
   */
  private record Cached(
      CompiledPlan plan, List<CatalogEntry.TableEntry> tables, List<Double> rows) {
    boolean isFit() {
      for (int i = 0; i < tables.size(); i++) {
        double before = rows.get(i);
        double now = tables.get(i).table().statistics().rows();
        boolean isKnown = before >= 0;
        if (isKnown != (now >= 0) || now > before * MOST_GROWTH || now * MOST_GROWTH < before) {
          return false;
        }
      }
      return true;
    }
  }

  /** The plan of a query: a kept one, or one made by {@code planner}. */
  CompiledPlan plan(
      SqlFragment query,
      Session session,
      List<? extends @Nullable Object> parameters,
      Supplier<PlannedQuery> planner) {
    Settings settings = session.settings();
    boolean throughJson = settings.get(EngineSettings.PLAN_THROUGH_JSON);
    if (!settings.get(EngineSettings.PLAN_CACHE)) {
      return CompiledPlan.compile(planner.get().plan(), throughJson);
    }
    Key key =
        new Key(
            query.text(),
            query.position(),
            session.namespace(),
            settings.changed(),
            new ArrayList<>(parameters),
            session.engine().catalog().version());
    Cached known = find(key);
    if (known != null && known.isFit()) {
      return known.plan();
    }
    PlannedQuery planned = planner.get();
    CompiledPlan plan = CompiledPlan.compile(planned.plan(), throughJson);
    if (planned.tables().stream().noneMatch(t -> t.path().get(0).equals(Catalog.FILES))) {
      List<Double> rows =
          planned.tables().stream().map(t -> t.table().statistics().rows()).toList();
      keep(key, new Cached(plan, planned.tables(), rows));
    }
    return plan;
  }

  private synchronized @Nullable Cached find(Key key) {
    return plans.get(key);
  }

  private synchronized void keep(Key key, Cached plan) {
    plans.put(key, plan);
  }
}
