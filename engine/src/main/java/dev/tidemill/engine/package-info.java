/**
 * The facade: all that clients see of Tidemill. Start with {@link dev.tidemill.engine.Engine}, then
 * {@link dev.tidemill.engine.Session} and {@link dev.tidemill.engine.Result}.
 */
@NullMarked
package dev.tidemill.engine;

import org.jspecify.annotations.NullMarked;
