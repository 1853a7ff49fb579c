package dev.tidemill.streaming;

import dev.tidemill.plan.delta.StandingPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/** What a statement says otherwise than the standing query that is there. */
final class PlanDifferences {
  private PlanDifferences() {}

  /**
   * The differences in words; none where the statement is unchanged. A trigger may change at any
   * time.
   */
  static List<String> of(
      QueryDefinition there,
      StandingPlan storedPlan,
      QueryDefinition definition,
      StandingPlan plan) {
    List<String> differences = new ArrayList<>();
    if (there.mode() != definition.mode()) {
      differences.add("OUTPUT MODE was " + there.mode() + ", is " + definition.mode());
    }
    if (!Objects.equals(there.sink(), definition.sink())) {
      differences.add("INTO was " + there.sink() + ", is " + definition.sink());
    }
    if (there.skipsFailing() && !definition.skipsFailing()) {
      differences.add("'on_error' was skip, is fail");
    }
    Map<String, String> before = storedPlan.definitions();
    Map<String, String> now = plan.definitions();
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(now.keySet());
    for (String name : names) {
      String otherwise = name.equals(StandingPlan.TIME_ZONE) ? "UTC" : null;
      String was = before.getOrDefault(name, otherwise);
      String is = now.getOrDefault(name, otherwise);
      if (!Objects.equals(was, is)) {
        String subject = name.isEmpty() ? "the query" : name;
        differences.add(
            was == null
                ? "it reaches " + subject + " now"
                : is == null
                    ? "it no longer reaches " + subject
                    : subject + " was: " + was + " — is: " + is);
      }
    }
    return differences;
  }
}
