/**
 * What {@code SET} changes: typed settings with defaults and their texts. Start with {@link
 * dev.tidemill.foundation.setting.Settings}; the list is in {@link
 * dev.tidemill.foundation.setting.EngineSettings}.
 */
@NullMarked
package dev.tidemill.foundation.setting;

import org.jspecify.annotations.NullMarked;
