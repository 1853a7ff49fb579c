package dev.tidemill.planner;

import dev.tidemill.foundation.setting.EngineSettings;
import dev.tidemill.plan.delta.TableSize;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.physical.JoinDistribution;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.Namespace;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a statement is planned in.
 *
 * @param namespace where names without a qualifier are looked up
 * @param broadcastThresholdBytes build sides estimated up to here are broadcast
 * @param maxRecursion most rounds of a recursive query
 * @param timeZone of instants, where nothing else is said
 * @param parameterValues the values of the question marks, in order, or null while they are not
 *     bound
 * @param runsOnce whether the plan is run while its text is there, as a batch query: expressions
 *     then keep their place in the text, so that errors of the run can name it, and parts that
 *     occur twice are computed once
 * @param sizes that tables are taken to have, by path in small letters with dots; others have those
 *     that they have
 */
public record PlannerSession(
    Catalog catalog,
    Namespace namespace,
    JoinDistribution joinDistribution,
    long broadcastThresholdBytes,
    long maxRecursion,
    ZoneId timeZone,
    @Nullable List<Expression> parameterValues,
    boolean runsOnce,
    Map<String, TableSize> sizes) {
  /** The settings that planning looks at. */
  public static final String JOIN_DISTRIBUTION = "join_distribution";

  public static final String BROADCAST_THRESHOLD = "broadcast_threshold";

  public static final long DEFAULT_BROADCAST_THRESHOLD_BYTES = 64L << 20;

  private static final Pattern SIZE =
      Pattern.compile("(\\d+)\\s*([KMGT]?)(I?B)?", Pattern.CASE_INSENSITIVE);

  public PlannerSession {
    parameterValues = parameterValues == null ? null : List.copyOf(parameterValues);
    sizes = Map.copyOf(sizes);
  }

  /** A session with the default settings. */
  public static PlannerSession of(Catalog catalog, Namespace namespace) {
    return new PlannerSession(
        catalog,
        namespace,
        JoinDistribution.AUTO,
        DEFAULT_BROADCAST_THRESHOLD_BYTES,
        EngineSettings.MAX_RECURSION.defaultValue(),
        EngineSettings.TIME_ZONE.defaultValue(),
        null,
        true,
        Map.of());
  }

  /**
   * A session with those of {@code settings} that concern planning.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if one has a value that it cannot have
   */
  public static PlannerSession of(
      Catalog catalog, Namespace namespace, Map<String, String> settings) {
    String distribution = settings.getOrDefault(JOIN_DISTRIBUTION, "auto");
    String threshold = settings.get(BROADCAST_THRESHOLD);
    return new PlannerSession(
        catalog,
        namespace,
        distribution(distribution),
        threshold == null ? DEFAULT_BROADCAST_THRESHOLD_BYTES : bytes(threshold),
        rounds(settings.get(EngineSettings.MAX_RECURSION.name())),
        zone(settings.get(EngineSettings.TIME_ZONE.name())),
        null,
        true,
        Map.of());
  }

  /** The same session with values for the parameters. */
  public PlannerSession withParameterValues(List<? extends Expression> values) {
    return new PlannerSession(
        catalog,
        namespace,
        joinDistribution,
        broadcastThresholdBytes,
        maxRecursion,
        timeZone,
        List.copyOf(values),
        runsOnce,
        sizes);
  }

  /** The same session for plans that are kept. */
  public PlannerSession forKeeping() {
    return new PlannerSession(
        catalog,
        namespace,
        joinDistribution,
        broadcastThresholdBytes,
        maxRecursion,
        timeZone,
        parameterValues,
        false,
        sizes);
  }

  /** The same session over tables of these sizes. */
  public PlannerSession withSizes(Map<String, TableSize> taken) {
    return new PlannerSession(
        catalog,
        namespace,
        joinDistribution,
        broadcastThresholdBytes,
        maxRecursion,
        timeZone,
        parameterValues,
        runsOnce,
        taken);
  }

  private static ZoneId zone(@Nullable String text) {
    return text == null
        ? EngineSettings.TIME_ZONE.defaultValue()
        : EngineSettings.TIME_ZONE.parse(text);
  }

  private static long rounds(@Nullable String text) {
    return text == null
        ? EngineSettings.MAX_RECURSION.defaultValue()
        : EngineSettings.MAX_RECURSION.parse(text);
  }

  private static JoinDistribution distribution(String text) {
    for (JoinDistribution distribution : JoinDistribution.values()) {
      if (distribution.name().equalsIgnoreCase(text.strip())) {
        return distribution;
      }
    }
    throw PlannerErrors.setting(
        JOIN_DISTRIBUTION,
        text,
        Arrays.stream(JoinDistribution.values())
            .map(d -> d.name().toLowerCase(Locale.ROOT))
            .toList());
  }

  private static long bytes(String text) {
    Matcher matcher = SIZE.matcher(text.strip());
    if (!matcher.matches() || matcher.group(1).length() > 15) {
      throw PlannerErrors.setting(BROADCAST_THRESHOLD, text, List.of("a size such as 64MB"));
    }
    int shift =
        switch (matcher.group(2).toUpperCase(Locale.ROOT)) {
          case "K" -> 10;
          case "M" -> 20;
          case "G" -> 30;
          case "T" -> 40;
          default -> 0;
        };
    long number = Long.parseLong(matcher.group(1));
    return number > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : number << shift;
  }
}
