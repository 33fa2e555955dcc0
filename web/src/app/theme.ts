/** antd's tokens. Not `compactAlgorithm`: it shrinks 13 px text to 10. Colours are darker than antd's own for contrast. */

import { theme as antdTheme, type ThemeConfig } from 'antd';
import type { Theme } from './prefs';

const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", system-ui, sans-serif';

const SHARED = { fontSize: 13, controlHeight: 28, sizeStep: 3, borderRadius: 4, fontFamily: FONT, wireframe: false };

const LIGHT = {
  colorPrimary: '#1558c8', colorLink: '#1558c8', colorInfo: '#1558c8', colorError: '#b91c1c', colorWarning: '#8a5300', colorSuccess: '#14713d',
  colorText: '#1b2330', colorTextSecondary: '#5b6470', colorTextTertiary: '#5b6470', colorTextDescription: '#5b6470',
  colorTextPlaceholder: '#636c78', colorTextDisabled: '#6b7480', colorBorder: '#c9d0da', colorBorderSecondary: '#e3e7ed', colorBgLayout: '#f3f5f8',
  colorBgContainerDisabled: '#f3f5f8',
};

const DARK = {
  colorPrimary: '#3b7be0', colorLink: '#7fb0ff', colorInfo: '#7fb0ff', colorError: '#ff8a80', colorWarning: '#f0b35a', colorSuccess: '#63c98d',
  colorText: '#e3e8ef', colorTextSecondary: '#a3adba', colorTextTertiary: '#a3adba', colorTextDescription: '#a3adba',
  colorTextPlaceholder: '#98a2b0', colorTextDisabled: '#939dab', colorBorder: '#3a4452', colorBorderSecondary: '#2a323d', colorBgLayout: '#0d1117',
  colorBgContainer: '#161b22', colorBgElevated: '#1c222b', colorBgContainerDisabled: '#1c222b',
};

// White on the hovered button, and its colour as text on a panel, both need 4.5:1; antd's own steps give 4.46 and 3.29.
const BUTTON_LIGHT = { colorPrimaryHover: '#2364d2', colorPrimaryActive: '#0f459f' };
const BUTTON_DARK = {
  colorPrimary: '#2563c9', colorPrimaryHover: '#2d6ad0', colorPrimaryActive: '#1d55b3',
  defaultHoverColor: '#7fb0ff', defaultHoverBorderColor: '#7fb0ff', defaultActiveColor: '#a8c9ff', defaultActiveBorderColor: '#a8c9ff',
};

export function themeOf(theme: Theme): ThemeConfig {
  const isDark = theme === 'dark';
  return {
    algorithm: isDark ? antdTheme.darkAlgorithm : antdTheme.defaultAlgorithm,
    token: { ...SHARED, ...(isDark ? DARK : LIGHT), motion: !matchMedia('(prefers-reduced-motion: reduce)').matches },
    components: { Button: { primaryShadow: 'none', defaultShadow: 'none', ...(isDark ? BUTTON_DARK : BUTTON_LIGHT) } },
  };
}
