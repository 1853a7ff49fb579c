package dev.tidemill.foundation.setting;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.NearMisses;
import dev.tidemill.foundation.error.TidemillException;
import java.util.Collection;

/** What can be wrong with settings. */
final class SettingErrors {
  private static final ErrorCode UNKNOWN_SETTING = ErrorCode.user("UNKNOWN_SETTING", "42704");
  private static final ErrorCode INVALID_SETTING = ErrorCode.user("INVALID_SETTING", "22023");

  private SettingErrors() {}

  static TidemillException unknown(String name, Collection<String> known) {
    String hint = NearMisses.hint(name, known);
    return new TidemillException(
        UNKNOWN_SETTING,
        "there is no setting " + name + (hint.isEmpty() ? "; SHOW SETTINGS lists all" : hint));
  }

  static TidemillException invalid(Setting<?> setting, String found) {
    return new TidemillException(
        INVALID_SETTING,
        "setting %s must be %s but is '%s'".formatted(setting.name(), setting.expected(), found));
  }
}
