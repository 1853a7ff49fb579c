/**
 * What {@code run} tells of steps. Start with {@link dev.tidemill.shell.progress.Progress}: a line
 * a step for people or programs, and for people at a terminal {@link
 * dev.tidemill.shell.progress.LiveProgress}, whose {@link dev.tidemill.shell.progress.LiveScreen}
 * keeps an area at the bottom. Knows no engine.
 */
@NullMarked
package dev.tidemill.shell.progress;

import org.jspecify.annotations.NullMarked;
