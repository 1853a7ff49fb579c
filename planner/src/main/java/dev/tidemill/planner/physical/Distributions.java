package dev.tidemill.planner.physical;

import dev.tidemill.foundation.setting.Quantities;
import dev.tidemill.plan.batch.Distribution;
import dev.tidemill.planner.logical.Node;
import org.jspecify.annotations.Nullable;

/** Broadcast or shuffle: hints first, then the setting, then the estimate against the threshold. */
final class Distributions {
  private final JoinDistribution setting;
  private final long thresholdBytes;

  Distributions(JoinDistribution setting, long thresholdBytes) {
    this.setting = setting;
    this.thresholdBytes = thresholdBytes;
  }

  /** A decision and why. */
  record Decision(Distribution distribution, String reason) {}

  Decision decide(Node probe, Node build, double buildBytes) {
    String hint = hint(build) != null ? hint(build) : hint(probe);
    if ("BROADCAST".equals(hint)) {
      return new Decision(Distribution.BROADCAST, "hint BROADCAST");
    }
    if ("SHUFFLE".equals(hint)) {
      return new Decision(Distribution.SHUFFLE, "hint SHUFFLE");
    }
    return switch (setting) {
      case BROADCAST -> new Decision(Distribution.BROADCAST, "join_distribution = broadcast");
      case SHUFFLE -> new Decision(Distribution.SHUFFLE, "join_distribution = shuffle");
      case AUTO -> {
        boolean small = buildBytes <= thresholdBytes;
        yield new Decision(
            small ? Distribution.BROADCAST : Distribution.SHUFFLE,
            "build side "
                + Quantities.roughBytes(buildBytes)
                + (small ? " <= " : " > ")
                + "broadcast_threshold "
                + Quantities.roughBytes(thresholdBytes));
      }
    };
  }

  /** The hint at the table that the node reads, where it reads just one. */
  static @Nullable String hint(Node node) {
    return switch (node) {
      case Node.Scan n -> n.hint();
      case Node.Filter n -> hint(n.input());
      case Node.Extend n -> hint(n.input());
      case Node.WindowTable n -> hint(n.input());
      case Node.SessionTable n -> hint(n.input());
      case Node.Unnest n -> hint(n.input());
      case Node.Join n -> n.kind().givesRight() ? null : hint(n.left());
      default -> null;
    };
  }
}
