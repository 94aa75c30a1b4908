import { secureHeaders } from 'hono/secure-headers'

/** Nothing is loaded from elsewhere, nothing is inline, and no other page may frame this one. */
export const harden = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
  xFrameOptions: 'DENY',
  crossOriginEmbedderPolicy: false,
  permissionsPolicy: { camera: [], geolocation: [], microphone: [], usb: [] },
})
