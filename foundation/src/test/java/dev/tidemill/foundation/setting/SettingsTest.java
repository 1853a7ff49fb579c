package dev.tidemill.foundation.setting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemill.foundation.error.NearMisses;
import dev.tidemill.foundation.error.TidemillException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private static String message(Runnable action) {
    return assertThrows(TidemillException.class, action::run).text();
  }

  @Test
  void valuesOverrideDefaultsAndSettingsDoNotChange() {
    Settings defaults = Settings.defaults();
    Settings changed = defaults.with("Memory", "2GiB").with("join_distribution", "SHUFFLE");
    assertEquals(2L << 30, changed.get(EngineSettings.MEMORY));
    assertEquals(JoinDistribution.SHUFFLE, changed.get(EngineSettings.JOIN_DISTRIBUTION));
    assertEquals(JoinDistribution.AUTO, defaults.get(EngineSettings.JOIN_DISTRIBUTION));
    assertEquals(Map.of("memory", "2GiB", "join_distribution", "shuffle"), changed.changed());
    assertEquals(
        EngineSettings.MEMORY.defaultValue(), changed.without("memory").get(EngineSettings.MEMORY));
    assertEquals(EngineSettings.ALL.size(), changed.entries().size());
  }

  @Test
  void everyDefaultReadsBack() {
    for (Settings.Entry entry : Settings.defaults().entries()) {
      assertEquals(
          entry.value(),
          Settings.defaults().with(entry.name(), entry.value()).entry(entry.name()).value());
    }
  }

  @Test
  void errorsNameWhatWasExpected() {
    Settings settings = Settings.defaults();
    assertEquals(
        "there is no setting memroy; did you mean memory?",
        message(() -> settings.with("memroy", "1GB")));
    assertEquals(
        "there is no setting x; SHOW SETTINGS lists all", message(() -> settings.without("x")));
    assertEquals(
        "setting memory must be a size like 512MB, 2GB or 1GiB but is '2 potatoes'",
        message(() -> settings.with("memory", "2 potatoes")));
    assertEquals(
        "setting threads must be a whole number from 1 to 4096 but is '0'",
        message(() -> settings.with("threads", "0")));
    assertEquals(
        "setting plan_through_json must be true or false but is 'maybe'",
        message(() -> settings.with("plan_through_json", "maybe")));
    assertEquals(
        "setting join_distribution must be one of auto, broadcast, shuffle but is 'x'",
        message(() -> settings.with("join_distribution", "x")));
  }

  @Test
  void sizesAndDurations() {
    assertEquals(2_000_000_000L, Quantities.bytes("2GB"));
    assertEquals(1_610_612_736L, Quantities.bytes("1.5 gib"));
    assertEquals(1024L, Quantities.bytes("1024"));
    assertNull(Quantities.bytes("-1"));
    assertNull(Quantities.bytes("99999999999 TB"));
    assertEquals("64MiB", Quantities.bytesText(64L << 20));
    assertEquals("1025B", Quantities.bytesText(1025));
    assertEquals(Duration.ofMillis(500), Quantities.duration("500ms"));
    assertEquals(Duration.ofMinutes(5), Quantities.duration("5min"));
    assertEquals(Duration.ofMillis(1500), Quantities.duration("1.5s"));
    assertNull(Quantities.duration("5"));
    assertEquals("1500ms", Quantities.durationText(Duration.ofMillis(1500)));
    assertEquals("5min", Quantities.durationText(Duration.ofMinutes(5)));
  }

  @Test
  void nearNames() {
    List<String> columns = List.of("o_orderkey", "o_custkey", "l_orderkey", "o_comment", "price");
    assertEquals(
        List.of("o_orderkey", "l_orderkey"), NearMisses.of("O_ORDREKEY", columns).subList(0, 2));
    assertEquals(List.of("price"), NearMisses.of("prcie", columns));
    assertEquals(List.of(), NearMisses.of("xyz", columns));
    assertEquals(List.of("o_orderkey"), NearMisses.of("o_order", columns));
    assertEquals("; did you mean price?", NearMisses.hint("pric", columns));
    assertEquals(
        "; did you mean aa, ab or ac?", NearMisses.hint("ax", List.of("ab", "ac", "aa", "ad")));
  }
}
