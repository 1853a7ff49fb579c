package dev.tidemill.streaming.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemill.plan.delta.DeltaPlan;
import java.util.HashMap;
import java.util.Map;

/**
 * What a plan computes, whatever its columns are called, its rows were estimated at, and the text
 * is that it was made from: the state of an operator is good for each plan of the same identity.
 */
final class PlanIdentity {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Map<PlanPart, Of> known = new HashMap<>();

  /** Equal for parts of the same identity. */
  record Of(JsonNode plan, boolean append) {}

  Of of(PlanPart part) {
    return known.computeIfAbsent(part, p -> new Of(tree(p.plan()), p.append()));
  }

  private static JsonNode tree(DeltaPlan plan) {
    JsonNode tree = MAPPER.valueToTree(plan);
    strip(tree);
    return tree;
  }

  /** Names count where they are those of a table. */
  private static void strip(JsonNode tree) {
    if (tree instanceof ObjectNode node) {
      node.remove("estimatedRows");
      node.remove("position");
      if (!node.has("table")) {
        node.path("columns")
            .forEach(
                column -> {
                  if (column instanceof ObjectNode of) {
                    of.remove("name");
                  }
                });
        node.remove("reason");
      }
    }
    tree.forEach(PlanIdentity::strip);
  }
}
