package dev.tidemill.streaming;

import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.delta.StandingPlan;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The text of a query among the definitions that a reader of its result was made from. */
final class SourceText {
  private SourceText() {}

  /** The same plan of a reader, over a result of another text. */
  static StandingPlan in(StandingPlan reader, QueryDefinition source) {
    Map<String, String> definitions = new HashMap<>(reader.definitions());
    replace(reader.root(), source, definitions);
    return reader.withDefinitions(definitions);
  }

  private static void replace(
      DeltaPlan plan, QueryDefinition source, Map<String, String> definitions) {
    if (plan instanceof DeltaScanPlan scan
        && scan.ofResult()
        && scan.table().path().getLast().equalsIgnoreCase(source.name())) {
      definitions.replace(
          String.join(".", scan.table().path()).toLowerCase(Locale.ROOT), source.sql());
    }
    plan.inputs().forEach(input -> replace(input, source, definitions));
  }
}
